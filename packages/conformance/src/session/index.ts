import { clock, openClient } from '../client.js'
import type { Scenario, Suite } from '../scenario.js'

const identity: Scenario = {
  name: 'session/identity',
  law: 'Backend',
  run: async (bench) => {
    const [one, other] = [bench.backend(), bench.backend()]
    bench.equal(one.specificationVersion, 1, 'specificationVersion')
    bench.ok(typeof one.id === 'string' && one.id.length > 0, 'the id is no text, or empty')
    bench.equal(other.id, one.id, 'the id of a second backend of the store')
    await bench.client()
    bench.equal(one.id, other.id, 'the id after opening')
  },
}

const ping: Scenario = {
  name: 'session/ping',
  law: 'Session: ping',
  run: async (bench) => {
    const client = await bench.client()
    const begun = clock.now()
    await client.ping()
    bench.ok(clock.now() - begun < 10_000, 'a ping took more than 10 seconds')
  },
}

const closed: Scenario = {
  name: 'session/closed',
  law: 'Session: close',
  run: async (bench) => {
    const backend = bench.backend()
    const first = await openClient(backend, bench.realm)
    const second = await openClient(backend, bench.realm)
    await first.close()
    // What one session ends is its own: the backend, and its other sessions, go on.
    await second.ping()
    const third = await openClient(backend, bench.realm)
    await third.ping()
    await Promise.all([second.close(), third.close()])
    const { log, versions } = first
    if (log !== undefined) await bench.rejectsAs('closed', () => log.tail(), 'the log of a closed session')
    if (versions !== undefined) {
      const read = async () => versions.container('ref').getStateAt('1')
      await bench.rejectsAs('closed', read, 'the versions of a closed session')
    }
    const fourth = await openClient(backend, bench.realm)
    await fourth.ping()
    await fourth.close()
  },
}

export const session: Suite = [identity, ping, closed]
