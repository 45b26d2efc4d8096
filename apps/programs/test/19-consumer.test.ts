import { expect, it } from 'vitest'
import { start } from './support/spawn.js'

it('is a CommonJS program that requires what is ESM', async () => {
  const { code, stdout, stderr } = await start(['dist/19-consumer.cjs']).ended
  expect({ code, stdout }).toEqual({ code: 0, stdout: '1\n' })
  // Node 20 warns that require of ESM is experimental; nothing else may be said.
  expect(stderr.replace(/.*ExperimentalWarning.*\n.*--trace-warnings.*\n/, '')).toBe('')
})
