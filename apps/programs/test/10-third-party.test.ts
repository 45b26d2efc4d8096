import { describeBackend } from '@avout/conformance/vitest'
import { connect, UnavailableError } from '@avout/core'
import { describe, expect, it } from 'vitest'
import { http } from '../src/10-third-party.js'
import { valueServer } from './support/value-server.js'

describe('a backend over HTTP', () => {
  it('coordinates clients that share its server', async () => {
    const server = await valueServer()
    const [one, two] = await Promise.all([0, 1].map(() => connect({ coordinator: http(server.url) })))
    if (one === undefined || two === undefined) throw new Error('two clients were asked for')
    const increments = [one, two].flatMap((avout) =>
      [1, 2, 3].map(() => avout.dosync((tx) => tx.alter(avout.ref('/n', 0), (n) => n + 1))),
    )
    await Promise.all(increments)
    expect(await one.ref('/n', 0).deref()).toBe(6)
    expect(await two.ref('/n', 0).deref()).toBe(6)
    await Promise.all([one.close(), two.close()])
    await server.close()
  })

  it('says so when there is no server', async () => {
    const server = await valueServer()
    await server.close()
    await expect(connect({ coordinator: http(server.url) })).rejects.toBeInstanceOf(UnavailableError)
  })
})

describeBackend('http', async () => {
  const server = await valueServer()
  return { open: () => http(server.url), close: () => server.close() }
})
