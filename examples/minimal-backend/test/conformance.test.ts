import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describeBackend } from '@avout/conformance/vitest'
import { files } from '../src/index.js'

describeBackend('files', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'avout-files-'))
  return { open: () => files(folder), close: () => rm(folder, { recursive: true }) }
})
