import { defineConfig, mergeConfig } from 'vitest/config'
import shared from '../../vitest.shared.js'

/** These tests start compilers and programs, which take seconds where the machine has other work. */
export default mergeConfig(shared, defineConfig({ test: { testTimeout: 60_000 } }))
