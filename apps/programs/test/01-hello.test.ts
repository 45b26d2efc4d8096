import { expect, it } from 'vitest'
import { start } from './support/spawn.js'

it('increments one ref, pushes it to another in another store, and ends by itself', async () => {
  const { code, stdout, stderr } = await start(['dist/01-hello.js']).ended
  expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: '1 1\n', stderr: '' })
})
