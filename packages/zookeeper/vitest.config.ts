import { mergeConfig } from 'vitest/config'
import shared from '../../vitest.shared.js'

export default mergeConfig(shared, {
  test: {
    globalSetup: ['test/native.setup.ts'],
    // Two files at once, on two cores too: they wait for servers more than they compute. The default would be one.
    maxWorkers: 2,
  },
})
