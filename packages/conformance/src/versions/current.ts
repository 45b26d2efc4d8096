import type { Data, Head } from '@avout/core/backend'
import type { Bench } from '../bench.js'
import { HOSTILE_NAMES } from '../fixtures/names.js'
import { VALUES } from '../fixtures/values.js'
import type { Scenario, Suite } from '../scenario.js'

interface View {
  /** Shows a value, or with undefined a deletion, as of a position. */
  show(position: number, value: Data | undefined, ref?: string): Promise<void>
  showAll(heads: readonly Head[]): Promise<void>
}

const headOf = (ref: string, position: number, value: Data | undefined): Head => ({
  ref,
  version: `c.${position}.0`,
  position,
  value,
})

/** Heads are committed, so their values are there under their versions before. */
async function view(bench: Bench): Promise<View> {
  const versions = await bench.versions()
  const setCurrent = bench.offered(versions.setCurrent).bind(versions)
  const showAll = async (heads: readonly Head[]) => {
    for (const { ref, version, value } of heads) {
      const container = versions.container(ref)
      await container.initVersionedStateContainer()
      if (value !== undefined) await container.setStateAt(value, version)
    }
    await setCurrent(heads)
  }
  return { show: (position, value, ref = 'ref') => showAll([headOf(ref, position, value)]), showAll }
}

const follows: Scenario = {
  name: 'versions/current',
  law: 'VersionedStates 9',
  run: async (bench) => {
    const [one, other] = await bench.several(2, () => view(bench))
    bench.equal(await bench.current('ref'), undefined, 'a ref that was never shown')
    await one.showAll([])
    await one.show(1, 'first')
    bench.equal(await bench.current('ref'), 'first', 'what is shown')
    await other.show(5, { second: [1, null] })
    bench.equalData(await bench.current('ref'), { second: [1, null] }, 'what is shown then')
    await one.show(5, { second: [1, null] })
    bench.equalData(await bench.current('ref'), { second: [1, null] }, 'what is shown after a repetition')
    await one.show(6, null)
    bench.equal(await bench.current('ref'), null, 'null, which is a value')
    // Positions are numbers, not texts.
    await other.show(10, 'tenth')
    bench.equal(await bench.current('ref'), 'tenth', 'what position 10 shows after 6')
    await other.show(2 ** 40, 'far')
    bench.equal(await bench.current('ref'), 'far', 'what a large position shows')
    bench.equal(await bench.current('ref2'), undefined, 'a sibling')
  },
}

const neverBack: Scenario = {
  name: 'versions/current-never-back',
  law: 'VersionedStates 9',
  run: async (bench) => {
    const [one, other] = await bench.several(2, () => view(bench))
    await one.show(20, 'new')
    for (const [client, position] of [
      [one, 19],
      [other, 3],
      [one, 20],
    ] as const) {
      await client.show(position, `late ${position}`)
      bench.equal(await bench.current('ref'), 'new', `what is shown after a head of position ${position}`)
    }
    await other.show(19, undefined)
    bench.equal(await bench.current('ref'), 'new', 'what is shown after a late deletion')
    // In one call, late ones and new ones.
    await other.showAll([headOf('ref', 7, 'late'), headOf('b', 7, 'new'), headOf('ref2', 1, 'new')])
    bench.equal(await bench.current('ref'), 'new', 'what is shown after a late head among others')
    bench.equal([await bench.current('b'), await bench.current('ref2')], ['new', 'new'], 'the others')
  },
}

const deletions: Scenario = {
  name: 'versions/current-deletion',
  law: 'VersionedStates 9',
  run: async (bench) => {
    const [one, other] = await bench.several(2, () => view(bench))
    await one.show(3, 'there')
    await one.show(5, undefined)
    bench.equal(await bench.current('ref'), undefined, 'a ref that was deleted')
    await other.show(4, 'late')
    await other.show(3, 'there')
    bench.equal(await bench.current('ref'), undefined, 'a deleted ref after late heads')
    await one.show(5, undefined)
    await other.show(6, 'again')
    bench.equal(await bench.current('ref'), 'again', 'a ref that was created again')
    // Of a ref that was never shown: what comes late comes late there, too.
    await one.show(9, undefined, 'unseen')
    await other.show(8, 'late', 'unseen')
    bench.equal(await bench.current('unseen'), undefined, 'a ref whose deletion came first')
  },
}

const together: Scenario = {
  name: 'versions/current-together',
  law: 'VersionedStates 9',
  run: async (bench) => {
    const clients = await bench.several(4, () => view(bench))
    const refs = ['a', 'b', 'c']
    const last = 30
    await Promise.all(
      clients.map(async ({ showAll }) => {
        const positions = bench.random.shuffle(Array.from({ length: last }, (_, i) => i + 1))
        for (let i = 0; i < positions.length; i += 3) {
          const some = positions.slice(i, i + 3)
          await showAll(
            bench.random.shuffle(refs).flatMap((ref) => newest(some).map((at) => headOf(ref, at, `${ref}${at}`))),
          )
        }
      }),
    )
    for (let round = 0; round < 15; round++) {
      const positions = bench.random.shuffle(clients.map((_, i) => 100 + round * 10 + i))
      await Promise.all(clients.map(({ show }, i) => show(positions[i] as number, `${positions[i]}`)))
      bench.equal(await bench.current('ref'), `${Math.max(...positions)}`, 'what is shown of heads that came at once')
    }
    for (const ref of refs) bench.equal(await bench.current(ref), `${ref}${last}`, `what is shown of ${ref}`)
  },
}

/** Of one ref a call names one head. */
const newest = (positions: readonly number[]): number[] => [Math.max(...positions)]

const names: Scenario = {
  name: 'versions/current-names',
  law: 'VersionedStates 9, VersionedStateContainer 4 and 5',
  run: async (bench) => {
    const { showAll } = await view(bench)
    const heads = HOSTILE_NAMES.map((ref, i) => headOf(ref, i + 1, VALUES[i % VALUES.length] as Data))
    await showAll(heads)
    for (const { ref, value } of heads)
      bench.equalData(await bench.current(ref), value, `the ref ${JSON.stringify(ref)}`)
    await showAll(heads.filter((_, i) => i % 2 === 0).map(({ ref }) => headOf(ref, 1000, undefined)))
    for (const [i, { ref, value }] of heads.entries()) {
      const wanted = i % 2 === 0 ? undefined : value
      bench.equalData(await bench.current(ref), wanted, `the ref ${JSON.stringify(ref)}, or its sibling`)
    }
  },
}

/** Where nobody can look: it takes what it is given, as often as it is given, and the values under their versions stay. */
const takes: Scenario = {
  name: 'versions/current-unseen',
  law: 'VersionedStates 9',
  run: async (bench) => {
    const [one, other] = await bench.several(2, () => view(bench))
    await one.showAll([])
    for (const position of [2, 2, 1, 3]) await bench.random.pick([one, other]).show(position, `at ${position}`)
    await Promise.all([one.show(4, undefined), other.show(4, undefined), other.show(3, 'at 3')])
    await one.showAll(HOSTILE_NAMES.map((ref, i) => headOf(ref, 5 + i, VALUES[i % VALUES.length] as Data)))
    const container = await bench.container()
    for (const position of [1, 2, 3]) {
      bench.equal(await container.getStateAt(`c.${position}.0`), `at ${position}`, 'a value under its version')
    }
  },
}

export const current: Suite = [
  {
    has: ({ versions }) => versions?.setCurrent !== undefined,
    strong: [
      {
        has: (_, harness) => harness.current !== undefined,
        strong: [follows, neverBack, deletions, together, names],
        weak: [takes],
      },
    ],
    weak: [],
  },
]
