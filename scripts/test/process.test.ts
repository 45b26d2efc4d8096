import { expect, test } from 'vitest'
import { run } from '../lib/process.mjs'

const node = (program: string) => run(process.execPath, ['-e', program], { silent: true })

test('a command answers with its exit code', async () => {
  expect(await node('')).toBe(0)
  expect(await node('process.exitCode = 7')).toBe(7)
})

test('one that a signal ended, with 128 and its number', async () => {
  expect(await node("process.kill(process.pid, 'SIGKILL')")).toBe(137)
})

test('one that does not exist rejects', async () => {
  await expect(run('/nowhere/command', [])).rejects.toThrow('ENOENT')
})
