import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { connect, defineRef } from '@avout/core'
import { memory } from '@avout/memory'
import { expect, it } from 'vitest'
import { shipWhenPaid, work } from '../src/04-worker.js'

interface Job {
  id: string
  payload: { url: string }
}
const urgent = defineRef<Job[]>('/jobs/urgent', [])
const ordinary = defineRef<Job[]>('/jobs/ordinary', [])

it('does the urgent jobs first, sleeps when there are none, and stops when told', async () => {
  const done: string[] = []
  let doneAll: (() => void) | undefined
  const server = createServer((request, response) => {
    response.end()
    done.push(request.url as string)
    if (done.length === 3) doneAll?.()
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = (name: string) => `http://127.0.0.1:${(server.address() as AddressInfo).port}/${name}`
  const job = (id: string): Job => ({ id, payload: { url: url(id) } })

  const store = memory()
  const [boss, worker] = await Promise.all([connect({ coordinator: store }), connect({ coordinator: store })])
  await boss.dosync((tx) => {
    tx.set(ordinary, [job('ordinary')])
    tx.set(urgent, [job('urgent')])
  })
  const stopped = new AbortController()
  const finished = new Promise<void>((resolve) => {
    doneAll = resolve
  })
  const working = work(worker, stopped.signal)
  await boss.dosync((tx) => tx.commute(ordinary, (jobs) => [...jobs, job('late')]))
  await finished
  expect(done).toEqual(['/urgent', '/ordinary', '/late'])
  stopped.abort(new Error('stop'))
  await expect(working).rejects.toThrow('stop')
  await Promise.all([boss.close(), worker.close()])
  server.close()
  server.closeAllConnections()
})

it('ships when the order is paid, and not before', async () => {
  const avout = await connect({ coordinator: memory() })
  const order = avout.ref('/order', { id: '7', paid: false })
  const shipped = shipWhenPaid(avout, order)
  await avout.dosync((tx) => tx.alter(order, (o) => ({ ...o, id: '8' })))
  await avout.dosync((tx) => tx.alter(order, (o) => ({ ...o, paid: true })))
  expect(await shipped).toBe('8')
  await avout.close()
})
