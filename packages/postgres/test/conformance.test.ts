import { describeBackend } from '@avout/conformance/vitest'
import { postgres } from '../src/index.js'

const url = process.env.AVOUT_POSTGRES_DEV ?? 'postgres://postgres@127.0.0.1:54391/postgres'

describeBackend('postgres', async () => {
  return { open: () => postgres(url), close: async () => undefined }
})
