// A worker process that tells how it is, and ends well: what runs may end, what sleeps is woken. In memory, so the jobs could only
// come from this process; with a store, from any.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { AvoutError, ClosedError, connect } from '@avout/core'
import { memory } from '@avout/memory'
import { work } from './04-worker.js'

const avout = await connect({ coordinator: memory(), name: `worker-${process.pid}`, timeout: 5_000 })
const stopped = new AbortController()
avout.on('health', (health) => {
  if (!health.ok) console.error(health.backends)
})
avout.on('conflict', (conflict) => console.warn(conflict.refs, conflict.rival?.client))
const server = createServer(async (_request, response) => {
  const health = await avout.health()
  response
    .writeHead(health.ok ? 200 : 503)
    .end(JSON.stringify({ lag: health.lag, redo: health.backends.memory?.redoBacklog }))
})
server.listen(Number(process.env.PORT ?? 8080), () => {
  console.log('listening on', (server.address() as AddressInfo).port)
})

for (const signal of ['SIGTERM', 'SIGINT'] as const)
  process.once(signal, async () => {
    stopped.abort(new Error(signal))
    server.close()
    await avout.close({ drain: 8_000 })
    console.log('closed')
  })
try {
  await work(avout, stopped.signal)
} catch (error) {
  if (error === stopped.signal.reason || ClosedError.isInstance(error)) process.exitCode = 0
  else if (AvoutError.isInstance(error)) console.error(error.code, error.kind, error.cause)
  else throw error
}
