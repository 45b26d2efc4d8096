// What `npx avout-conformance ./certify.js` examines: after a build.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { files } from './dist/index.js'

export const createHarness = async () => {
  const folder = await mkdtemp(join(tmpdir(), 'avout-files-'))
  return { open: () => files(folder), close: () => rm(folder, { recursive: true }) }
}
