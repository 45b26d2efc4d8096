import { describe, expect, it } from 'vitest'
import { IncompatibleError, type Ref } from '../../src/index.js'
import { World } from './world.js'

interface Person {
  readonly first: string
  readonly last: string
}

const nobody: Person = { first: '', last: '' }

function upgrade(stored: unknown): Person {
  if (typeof stored !== 'string') return stored as Person
  const [first = '', last = ''] = stored.split(' ')
  return { first, last }
}

/** A client of yesterday has stored a text where one of today has an object. */
async function stored(text: string, founding = {}) {
  const world = new World()
  const [old, now] = await world.pair({ founding })
  await world.wait(old.dosync((tx) => tx.set(old.ref('/person', ''), text)))
  const person: Ref<Person> = now.ref('/person', nobody, { upgrade })
  return { world, wait: world.wait, old, now, person }
}

describe('upgrade', () => {
  it.each([{}, { inlineLimit: 0 }])('migrates what is stored when it is read, with founding %o', async (founding) => {
    const { wait, now, person } = await stored('Ada Lovelace', founding)
    expect(await wait(person.deref())).toEqual({ first: 'Ada', last: 'Lovelace' })
    expect(Object.isFrozen(await wait(person.deref()))).toBe(true)
    await wait(now.dosync((tx) => tx.alter(person, (value) => ({ ...value, last: 'King' }))))
    expect(await wait(person.deref())).toEqual({ first: 'Ada', last: 'King' })
  })

  it('stores nothing by itself', async () => {
    const { wait, old, person, world } = await stored('Ada Lovelace')
    const records = world.records().length
    await wait(person.deref())
    expect(world.records()).toHaveLength(records)
    expect(await wait(old.ref('/person', '').deref())).toBe('Ada Lovelace')
  })

  it('is for what is stored, not for the initial value', async () => {
    const { wait, now } = await stored('x')
    const fresh = now.ref('/fresh', nobody, {
      upgrade: () => {
        throw new Error('asked')
      },
    })
    expect(await wait(fresh.deref())).toEqual(nobody)
  })

  it('shows watchers what it makes', async () => {
    const { wait, old, person } = await stored('Ada Lovelace')
    await wait(person.deref())
    const told: Person[][] = []
    person.addWatch('watch', (_key, _ref, before, after) => told.push([before, after]))
    await wait(old.dosync((tx) => tx.set(old.ref('/person', ''), 'Emmy Noether')))
    await wait(person.deref())
    expect(told).toEqual([
      [
        { first: 'Ada', last: 'Lovelace' },
        { first: 'Emmy', last: 'Noether' },
      ],
    ])
  })

  it('that fails is an IncompatibleError that names the ref', async () => {
    const { wait, world } = await stored('Ada Lovelace')
    const why = new Error('unheard of')
    const other = (await world.connect()).ref('/person', nobody, {
      upgrade: () => {
        throw why
      },
    })
    const error = await wait(other.deref().catch((failure: unknown) => failure))
    expect(error).toBeInstanceOf(IncompatibleError)
    expect(error).toMatchObject({ kind: 'incompatible', cause: why, message: expect.stringContaining('/person') })
  })
})
