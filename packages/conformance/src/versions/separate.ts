import { HOSTILE_NAMES, HOSTILE_VERSIONS } from '../fixtures/names.js'
import type { Scenario, Suite } from '../scenario.js'

const refs: Scenario = {
  name: 'versions/refs',
  law: 'VersionedStateContainer 5',
  run: async (bench) => {
    const containers = await Promise.all(HOSTILE_NAMES.map((name) => bench.container(name)))
    await Promise.all(containers.map((container, i) => container.setStateAt(i, '1')))
    for (const [i, name] of HOSTILE_NAMES.entries()) {
      bench.equal(await (await bench.versions()).container(name).getStateAt('1'), i, `the ref ${JSON.stringify(name)}`)
    }
    // Destroying every second one leaves the others.
    for (const [i, container] of containers.entries()) if (i % 2 === 0) await container.destroyVersionedStateContainer()
    for (const [i, container] of containers.entries()) {
      const wanted = i % 2 === 0 ? undefined : i
      bench.equal(
        await container.getStateAt('1'),
        wanted,
        `the ref ${JSON.stringify(HOSTILE_NAMES[i])}, or its sibling`,
      )
    }
  },
}

const versions: Scenario = {
  name: 'versions/versions',
  law: 'VersionedStateContainer 5',
  run: async (bench) => {
    const container = await bench.container()
    await Promise.all(HOSTILE_VERSIONS.map((version, i) => container.setStateAt(i, version)))
    for (const [i, version] of HOSTILE_VERSIONS.entries()) {
      bench.equal(await container.getStateAt(version), i, `version ${version}`)
    }
    for (const [i, version] of HOSTILE_VERSIONS.entries()) if (i % 2 === 0) await container.deleteStateAt(version)
    for (const [i, version] of HOSTILE_VERSIONS.entries()) {
      const wanted = i % 2 === 0 ? undefined : i
      bench.equal(await container.getStateAt(version), wanted, `version ${version}, or its sibling`)
    }
  },
}

const crossed: Scenario = {
  name: 'versions/crossed',
  law: 'VersionedStateContainer 5',
  run: async (bench) => {
    // Pairs that are one text when ref and version are put together carelessly.
    const pairs = [
      ['a', 'a.1'],
      ['a.a', '1'],
      ['a/a', '1'],
      ['a:a', '1'],
      ['a-a', '1'],
      ['a', 'a-1'],
      ['aa', '1'],
      ['a', '1'],
    ] as const
    const store = await bench.versions()
    for (const [i, [ref, version]] of pairs.entries()) {
      const container = store.container(ref)
      await container.initVersionedStateContainer()
      bench.equal(await container.setStateAt(i, version), true, `whether ${ref} at ${version} was free`)
    }
    for (const [i, [ref, version]] of pairs.entries()) {
      bench.equal(await store.container(ref).getStateAt(version), i, `${ref} at ${version}`)
    }
  },
}

const realms: Scenario = {
  name: 'versions/realms',
  law: 'Backend: realms are apart',
  run: async (bench) => {
    const siblings = [bench.realm, `${bench.realm}a`, `${bench.realm}/a`, `${bench.realm} a`]
    for (const [i, realm] of siblings.entries()) {
      const container = bench.offered((await bench.client(realm)).versions).container('ref')
      await container.initVersionedStateContainer()
      bench.equal(await container.setStateAt(i, '1'), true, `whether it was free in realm "${realm}"`)
    }
    const first = await bench.container()
    bench.equal(await first.getStateAt('1'), 0, 'the value in the first realm')
    await first.destroyVersionedStateContainer()
    const sibling = bench.offered((await bench.client(siblings[1])).versions).container('ref')
    bench.equal(await sibling.getStateAt('1'), 1, 'the value in its sibling')
  },
}

export const separating: Suite = [refs, versions, crossed, realms]
