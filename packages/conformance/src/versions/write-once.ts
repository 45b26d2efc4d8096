import type { Data } from '@avout/core/backend'
import { VALUES } from '../fixtures/values.js'
import type { Scenario, Suite } from '../scenario.js'

const writeOnce: Scenario = {
  name: 'versions/write-once',
  law: 'VersionedStateContainer 1',
  run: async (bench) => {
    const [one, other] = await bench.several(2, () => bench.container())
    // What is falsy, or looks like nothing, is a value like any other.
    const firsts: readonly Data[] = [null, false, 0, '', [], {}, 'a', { a: 1 }]
    for (const [i, first] of firsts.entries()) {
      const version = `v.${i}`
      bench.equal(await one.setStateAt(first, version), true, 'what the first writer is told')
      for (const [second, container] of [
        ['second', other],
        [null, one],
        [{ a: 2 }, other],
      ] as const) {
        if (JSON.stringify(second) === JSON.stringify(first)) continue
        bench.equal(await container.setStateAt(second, version), false, 'what a later writer is told')
        bench.equalData(await one.getStateAt(version), first, 'the value')
        bench.equalData(await other.getStateAt(version), first, 'the value to another client')
      }
    }
    await one.setStateAt({ a: 1, b: [2] }, 'equal')
    await other.setStateAt({ b: [2], a: 1 }, 'equal')
    bench.equalData(await one.getStateAt('equal'), { a: 1, b: [2] }, 'a value that was written twice')
  },
}

const race: Scenario = {
  name: 'versions/race',
  law: 'VersionedStateContainer 1',
  run: async (bench) => {
    const containers = await bench.several(4, () => bench.container())
    for (let round = 0; round < 25; round++) {
      const version = `r.${round}`
      const writers = bench.random.shuffle(containers.map((container, i) => ({ container, value: `writer ${i}` })))
      const won = await Promise.all(writers.map(({ container, value }) => container.setStateAt(value, version)))
      const winners = writers.filter((_, i) => won[i])
      bench.equal(winners.length, 1, 'how many of four writers won')
      for (const { container } of writers) {
        bench.equal(await container.getStateAt(version), winners[0]?.value, 'what each of them reads')
      }
    }
  },
}

/** Who lost must be able to see who won, at once. */
const loserSees: Scenario = {
  name: 'versions/loser-sees-winner',
  law: 'VersionedStateContainer 3',
  run: async (bench) => {
    const containers = await bench.several(4, () => bench.container())
    for (let round = 0; round < 25; round++) {
      const version = `s.${round}`
      await Promise.all(
        containers.map(async (container, i) => {
          const won = await container.setStateAt(i, version)
          const found = await container.getStateAt(version)
          bench.ok(found !== undefined, 'a writer does not find what was written')
          bench.equal(found === i, won, `whether writer ${i} finds its own value`)
        }),
      )
    }
  },
}

const absent: Scenario = {
  name: 'versions/absent',
  law: 'VersionedStateContainer 2',
  run: async (bench) => {
    const [one, other] = [await bench.container(), await bench.container('another')]
    bench.equal(await one.getStateAt('1'), undefined, 'a version that nobody set')
    await one.setStateAt(null, '1')
    bench.equal(await one.getStateAt('1'), null, 'a version that was set to null')
    bench.equal(await one.getStateAt('2'), undefined, 'another version')
    bench.equal(await other.getStateAt('1'), undefined, 'that version of another ref')
    bench.equal(await (await bench.versions()).container('never made').getStateAt('1'), undefined, 'a ref never made')
  },
}

const everywhere: Scenario = {
  name: 'versions/read-everywhere',
  law: 'VersionedStateContainer 3',
  run: async (bench) => {
    const containers = await bench.several(3, () => bench.container())
    for (let i = 0; i < 30; i++) {
      const value = VALUES[i % VALUES.length] as Data
      await bench.random.pick(containers).setStateAt(value, `${i}`)
      for (const container of containers)
        bench.equalData(await container.getStateAt(`${i}`), value, 'what a client reads')
    }
  },
}

export const writing: Suite = [writeOnce, race, loserSees, absent, everywhere]
