import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, it } from 'vitest'
import { locked } from '../src/find/lock.js'

it('one task at a time', async () => {
  let inside = 0
  const answers = [1, 2, 3, 4].map((n) =>
    locked('test', async () => {
      expect(++inside).toBe(1)
      await new Promise((resolve) => setTimeout(resolve, 10))
      inside--
      return n
    }),
  )
  expect(await Promise.all(answers)).toEqual([1, 2, 3, 4])
})

it('is free again after a failure', async () => {
  await expect(locked('test', async () => Promise.reject(new Error('failed')))).rejects.toThrow('failed')
  expect(await locked('test', async () => 'in')).toBe('in')
})

it('is free again when its holder is killed', async () => {
  const program = `require('net').createServer().listen({ path: '\\0avout-servers-killed' }, () => console.log('held'))`
  const holder = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'inherit'] })
  await once(holder.stdout, 'data')
  // Cleared before the kill is sent: the lock may be free before word of the holder's end has come here.
  let held = true
  const waiting = locked('killed', async () => held)
  await new Promise((resolve) => setTimeout(resolve, 50))
  held = false
  holder.kill('SIGKILL')
  expect(await waiting).toBe(false)
})
