import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { FaultProxy } from '../src/index.js'
import { until } from '../src/until.js'

/** What the server behind the proxy has been sent, and its connections. It answers each piece with the same. */
let received: string
let echo: Server
let proxy: FaultProxy

beforeEach(async () => {
  received = ''
  echo = createServer((socket) => {
    socket.on('error', () => socket.destroy())
    socket.on('data', (data) => {
      received += data
      socket.write(data)
    })
  })
  echo.listen(0, '127.0.0.1')
  await once(echo, 'listening')
  proxy = await FaultProxy.open(`127.0.0.1:${(echo.address() as AddressInfo).port}`)
})

afterEach(async () => {
  await proxy.close()
  await new Promise((resolve) => echo.close(resolve))
})

/** A client of the proxy, with what it was answered and how it ended. */
async function client() {
  const socket: Socket = connect(proxy.port, '127.0.0.1')
  const state = { answered: '', ended: undefined as string | undefined, socket }
  socket.on('error', (error: NodeJS.ErrnoException) => {
    state.ended = error.code
  })
  socket.on('close', () => {
    state.ended ??= 'closed'
  })
  socket.on('data', (data) => {
    state.answered += data
  })
  await new Promise((resolve) => socket.on('connect', resolve).on('close', resolve))
  return state
}

const untilTrue = (what: string, check: () => boolean) =>
  until(what, 5000, async () => (check() ? undefined : 'not yet'))

it('carries both directions, ends included', async () => {
  const one = await client()
  one.socket.write('hello')
  await untilTrue('the answer', () => one.answered === 'hello')
  expect(proxy.connections).toBe(1)
  one.socket.end()
  await untilTrue('the end', () => one.ended === 'closed' && proxy.connections === 0)
})

it('delays every piece, and keeps their order', async () => {
  const one = await client()
  proxy.delay(60)
  const begun = performance.now()
  one.socket.write('a')
  await untilTrue('arrival', () => received === 'a')
  one.socket.write('b')
  await untilTrue('the answers', () => one.answered === 'ab')
  // There and back again, a timer's rounding off.
  expect(performance.now() - begun).toBeGreaterThan(115)
})

it('stalls without an end, and lets pass later what came meanwhile', async () => {
  const one = await client()
  proxy.stall()
  const two = await client()
  one.socket.write('1')
  two.socket.write('2')
  await new Promise((resolve) => setTimeout(resolve, 100))
  expect([received, one.ended, two.ended]).toEqual(['', undefined, undefined])
  proxy.resume()
  await untilTrue('the answers', () => one.answered === '1' && two.answered === '2')
})

it('cuts after so many bytes, which arrive', async () => {
  const one = await client()
  proxy.cutAfterBytes(4)
  one.socket.write('abcdef')
  await untilTrue('the cut', () => one.ended !== undefined)
  expect([received, one.answered]).toEqual(['abcd', ''])
  const two = await client()
  two.socket.write('abcdefgh')
  await untilTrue('the answer', () => two.answered === 'abcdefgh')
})

it('drops the next answer and cuts, after the request was delivered', async () => {
  const [one, two] = [await client(), await client()]
  const cut = proxy.cutOnNextAnswer()
  one.socket.write('request')
  await cut
  await untilTrue('the cut', () => one.ended !== undefined)
  expect([received, one.answered, two.ended]).toEqual(['request', '', undefined])
  two.socket.write('next')
  await untilTrue('the answer', () => two.answered === 'next')
})

it('refuses old and new connections, until it accepts again', async () => {
  const one = await client()
  proxy.refuse()
  await untilTrue('the cut', () => one.ended !== undefined)
  const two = await client()
  await untilTrue('the refusal', () => two.ended !== undefined)
  proxy.accept()
  const three = await client()
  three.socket.write('x')
  await untilTrue('the answer', () => three.answered === 'x')
})

it('cuts once, and closes', async () => {
  const one = await client()
  proxy.cut()
  await untilTrue('the cut', () => one.ended !== undefined)
  const two = await client()
  const { port } = proxy
  await proxy.close()
  await untilTrue('the end', () => two.ended !== undefined)
  const three = connect(port, '127.0.0.1')
  const [error] = await once(three, 'error')
  expect(error.code).toBe('ECONNREFUSED')
})

it('cuts its clients when the server is not there', async () => {
  const { port } = echo.address() as AddressInfo
  await new Promise((resolve) => echo.close(resolve))
  const one = await client()
  await untilTrue('the cut', () => one.ended !== undefined)
  echo.listen(port, '127.0.0.1')
  await once(echo, 'listening')
})

it('stands in for the server in a URL', async () => {
  expect(proxy.through('postgres://me:secret@db:5432/orders?x=1')).toBe(`postgres://me:secret@${proxy.url}/orders?x=1`)
  expect(proxy.through('redis://10.0.0.1:6379')).toBe(`redis://${proxy.url}`)
  expect(proxy.through('10.0.0.1:2181')).toBe(proxy.url)
  await expect(FaultProxy.open('localhost')).rejects.toThrow(TypeError)
})
