import { fileURLToPath } from 'node:url'
import { defineConfig, mergeConfig } from 'vitest/config'
import shared from '../../vitest.shared.js'

/** Core's tests run its sources, so `#platform` must be the source too, not what was built from it. */
export default mergeConfig(
  shared,
  defineConfig({
    resolve: { alias: { '#platform': fileURLToPath(new URL('src/platform/node.ts', import.meta.url)) } },
  }),
)
