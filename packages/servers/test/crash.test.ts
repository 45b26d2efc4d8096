import { once } from 'node:events'
import { readFile, readlink } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { start } from '../src/index.js'
import { processTree } from '../src/process-tree.js'
import { expectGone, remaining, tracesOf } from './gone.js'
import { runProgram } from './process.js'

const program = `
const [redis, postgres] = await Promise.all([servers.start('redis'), servers.start('postgres')])
console.log(JSON.stringify([...redis.pids, ...postgres.pids]))
setInterval(() => {}, 1000)
`

it.each(['SIGKILL', 'SIGTERM', 'SIGINT'] as const)(
  'leaves nothing when the process gets a %s',
  async (signal) => {
    const { child, line } = runProgram(program)
    const pids: number[] = JSON.parse(await line())
    const folders = await Promise.all(pids.map((pid) => readlink(`/proc/${pid}/cwd`)))
    const traces = { pids: (await Promise.all(pids.map(processTree))).flat(), folders, ports: [] }
    expect(await remaining(traces)).toHaveLength(traces.pids.length + folders.length)
    child.kill(signal)
    await once(child, 'exit')
    await expectGone(traces)
  },
  120_000,
)

it('does not keep a process alive that has nothing else to do, and leaves nothing', async () => {
  const { child, line } = runProgram(`const { pid } = await servers.start('redis'); console.log(pid)`)
  const pid = Number(await line())
  if (child.exitCode === null) await once(child, 'exit')
  expect(child.exitCode).toBe(0)
  await expectGone({ pids: [pid], folders: [], ports: [] })
})

it('ends its servers itself when the launcher was killed', async () => {
  const server = await start('redis')
  const traces = await tracesOf(server)
  const stat = await readFile(`/proc/${server.pid}/stat`, 'utf8')
  process.kill(Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]), 'SIGKILL')
  await expectGone(traces)
  expect(server.pid).toBeUndefined()
  await server.close()
  await (await start('redis')).close()
})
