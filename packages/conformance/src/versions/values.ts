import type { Data } from '@avout/core/backend'
import { HOSTILE_VALUES, VALUES } from '../fixtures/values.js'
import type { Scenario, Suite } from '../scenario.js'

const values: Scenario = {
  name: 'versions/values',
  law: 'VersionedStateContainer 4',
  run: async (bench) => {
    const container = await bench.container()
    const { check } = await bench.versions()
    await Promise.all(
      VALUES.map(async (value, i) => {
        check?.(value)
        bench.equal(await container.setStateAt(value, `${i}`), true, 'what its writer is told')
      }),
    )
    const reader = await bench.container()
    for (const [i, value] of VALUES.entries()) {
      bench.equalData(await reader.getStateAt(`${i}`), value, `value ${i}`)
    }
  },
}

/** What a store cannot hold it has to refuse before the commit. What it does not refuse has to come back equal. */
const hostile: Scenario = {
  name: 'versions/hostile-values',
  law: 'VersionedStateContainer 4, VersionedStates.check',
  run: async (bench) => {
    const versions = await bench.versions()
    const container = await bench.container()
    for (const [i, value] of HOSTILE_VALUES.entries()) {
      if (refuses(versions.check?.bind(versions), value)) continue
      bench.equal(await container.setStateAt(value, `${i}`), true, 'what its writer is told')
      bench.equalData(await container.getStateAt(`${i}`), value, `value ${i}`)
    }
    bench.equal(Object.hasOwn(Object.prototype, 'polluted'), false, 'whether a prototype was changed')
  },
}

function refuses(check: ((value: Data) => void) | undefined, value: Data): boolean {
  try {
    check?.(value)
    return false
  } catch {
    return true // that is what it is for
  }
}

const text = (bytes: number) => 'x'.repeat(Math.max(0, bytes - '""'.length))

const holds = (name: string, bytes: number): Scenario => ({
  name,
  law: 'VersionedStateContainer 4',
  run: async (bench) => {
    const value = text(bytes)
    await (await bench.container()).setStateAt(value, '1')
    bench.ok(
      (await (await bench.container()).getStateAt('1')) === value,
      `a value of ${bytes} bytes came back otherwise`,
    )
  },
})

const limit: Scenario = {
  name: 'versions/limit',
  law: 'VersionedStates.maxBytes',
  run: async (bench) => {
    const versions = await bench.versions()
    const most = bench.offered(versions.maxBytes)
    bench.ok(most >= 65_536, `maxBytes is ${most}, too little for a value`)
    const container = await bench.container()
    bench.equal(await container.setStateAt(text(most), '1'), true, 'what the writer of the largest value is told')
    bench.ok((await container.getStateAt('1')) === text(most), 'the largest value came back otherwise')
    await bench.rejects(() => container.setStateAt(text(most + 1), '2'), 'a value of one byte more than maxBytes')
    bench.equal(await container.getStateAt('2'), undefined, 'what was refused')
    const check = bench.offered(versions.check)
    bench.ok(refuses(check.bind(versions), text(most + 1)), 'check does not refuse what does not fit')
  },
}

export const holding: Suite = [
  values,
  hostile,
  {
    has: ({ versions }) => versions?.maxBytes === undefined,
    strong: [holds('versions/1MiB', 1 << 20), holds('versions/4MiB', 4 << 20)],
    weak: [limit],
  },
]
