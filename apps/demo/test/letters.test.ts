import { randomUUID } from 'node:crypto'
import { shared } from '@avout/servers'
import { beforeAll, describe, expect, it } from 'vitest'
import { faultsOf } from '../src/letters/check.js'
import { deliver, type Mail } from '../src/letters/deliver.js'
import { parseOptions } from '../src/letters/options.js'
import { random } from './random.js'

const seed = Number(process.env.AVOUT_SEED ?? 1)

describe('letters, sent from transactions by processes that are killed at random', () => {
  const letters = 400
  const kills = 6
  let mail: Mail

  beforeAll(async () => {
    const server = await shared('redis')
    try {
      const realm = `letters-${randomUUID()}`
      const next = random(seed)
      mail = await deliver({ url: server.url, realm, letters, processes: 3, kills, next, say: () => undefined })
    } finally {
      await server.close()
    }
  }, 240_000)

  it(`change the state once each, in order, and are carried under one key (seed ${seed})`, () => {
    expect(faultsOf(mail)).toEqual([])
    expect(mail.delivered.count).toBe(letters)
    expect(mail.kills).toBe(kills)
  })

  it('would be missed, or counted twice', () => {
    const { delivered, carried } = mail
    const [letter, keys] = [...carried][0] as [string, readonly string[]]
    const without = new Map([...carried].filter(([each]) => each !== letter))
    const faults = (changed: Partial<Mail>) => faultsOf({ ...mail, ...changed })
    expect(faults({ delivered: { ...delivered, count: letters + 1 } })).toHaveLength(1)
    expect(faults({ delivered: { ...delivered, last: { ...delivered.last, 0: 1 } } })).toHaveLength(1)
    expect(faults({ carried: without })).toHaveLength(3)
    expect(faults({ carried: new Map([...carried, [letter, [...keys, 'another']]]) })).toHaveLength(2)
  })
})

it('has a command line', () => {
  expect(parseOptions([])).toEqual({ letters: 10_000, processes: 4, kills: 20, seed: 1, help: false })
  expect(() => parseOptions(['--letters', '0'])).toThrow(/--letters/)
  expect(() => parseOptions(['--post'])).toThrow(/--post/)
})
