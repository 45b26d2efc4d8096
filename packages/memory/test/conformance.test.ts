import { describeBackend } from '@avout/conformance/vitest'
import { memory } from '../src/index.js'

describeBackend('memory', async () => {
  const store = memory()
  return { open: () => store, close: async () => undefined }
})
