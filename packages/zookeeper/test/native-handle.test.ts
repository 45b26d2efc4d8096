import { start } from '@avout/servers'
import { expect, it } from 'vitest'
import { INVALID_STATE } from '../src/drivers/codes.js'
import type { Driver } from '../src/drivers/driver.js'
import { loadDriver } from '../src/drivers/load.js'
import { until } from './backends.js'
import { Switch } from './switch.js'

/** A handle of the compiled driver, and what it has told. */
async function open(servers: string, sessionTimeout: number, driver?: Driver) {
  const told: string[] = []
  const handle = (driver ?? (await loadDriver('zookeeper'))).open(
    { servers, sessionTimeout, auth: undefined },
    {
      up: () => told.push('up'),
      down: () => told.push('down'),
      lost: () => told.push('lost'),
      ended: () => told.push('ended'),
      fired: () => {},
    },
  )
  return { handle, told }
}

/** Ends a process, and returns when it has; meanwhile nothing else happens in this one. */
function killNow(pid: number | undefined): void {
  if (pid === undefined) throw new Error('it does not run')
  const pause = new Int32Array(new SharedArrayBuffer(4))
  process.kill(pid, 'SIGKILL')
  for (;;) {
    try {
      process.kill(pid, 0)
    } catch {
      return
    }
    Atomics.wait(pause, 0, 0, 5)
  }
}

it('is closed by the call that could not be written, before libuv polls what the C client has closed', async () => {
  await using server = await start('zookeeper')
  const { handle, told } = await open(server.url, 10_000)
  await until('a session', () => told.includes('up'))
  // Once around the event loop, so that the socket is to be polled again when this is over.
  await new Promise<void>((resolve) => handle.exists('/', false, () => setImmediate(resolve)))
  killNow(server.pid)
  const answers: number[] = []
  for (let i = 0; i < 2; i++) handle.set('/', Buffer.alloc(0), -1, ({ code }) => answers.push(code))
  expect(told).toEqual(['up', 'lost'])
  await until('answers', () => answers.length === 2)
  expect(answers).not.toContain(0)
  // The process would end here.
  await new Promise(setImmediate)
})

it('is closed when it tells of a lost connection', async () => {
  await using server = await start('zookeeper')
  await using front = await Switch.open(server.url)
  const { handle, told } = await open(front.url, 10_000)
  await until('a session', () => told.includes('up'))
  front.turn(server.url)
  await until('that it says so', () => told.length > 1)
  expect(told).toEqual(['up', 'lost'])
  expect(await new Promise((resolve) => handle.exists('/', false, resolve))).toEqual({ code: INVALID_STATE })
})

it('gives a silent server up before its C client does', async () => {
  await using front = await Switch.open('127.0.0.1:1')
  front.swallow(Number.POSITIVE_INFINITY)
  const driver = await loadDriver('zookeeper')
  const waited: number[] = []
  // Twice as long each time, up to half a session: then it is not the server's start that takes so long.
  for (const end of ['lost', 'lost', 'ended']) {
    const began = performance.now()
    const { told } = await open(front.url, 3_000, driver)
    await until('that it gives up', () => told.length > 0)
    expect(told).toEqual([end])
    waited.push(performance.now() - began)
  }
  expect(waited[0]).toBeLessThan(waited[1] as number)
  expect(waited[2]).toBeLessThan(2_000)
})
