import { expect, it } from 'vitest'
import { IncompatibleError } from '../../src/errors.js'
import { Cells } from '../../src/log/cells.js'
import { Chain } from '../../src/log/chain.js'
import { World } from './world.js'

async function chainOf(world: World): Promise<Chain> {
  const { versions } = await world.open(world.slots)
  return new Chain(new Cells(versions, 'chain'), 7, world.machine.platform.clock, 'slots')
}

it('begins with its first value, and the first writer of a link wins', async () => {
  const world = new World()
  const [one, other] = [await chainOf(world), await chainOf(world)]
  const begin = await world.run(one.newest())
  expect(begin).toEqual({ index: 0, value: 7 })
  const links = await world.run(Promise.all([one.extend(begin, 8), other.extend(begin, 9)]))
  expect(links[0]).toEqual({ index: 1, value: 8 })
  expect(links[1]).toEqual({ index: 1, value: 8 })
  expect(other.known).toEqual({ index: 1, value: 8 })
})

it('finds the newest link of many, then asks for the next one only', async () => {
  const world = new World()
  const writer = await chainOf(world)
  for (let i = 1; i <= 300; i++) await world.run(writer.extend({ index: i - 1, value: 0 }, i * 10))
  const reader = await chainOf(world)
  expect(await world.run(reader.newest())).toEqual({ index: 300, value: 3000 })
  expect(await world.roundTrips(() => reader.newest())).toBe(1)
  await world.run(writer.extend({ index: 300, value: 3000 }, 1))
  expect(await world.run(reader.newest())).toEqual({ index: 301, value: 1 })
})

it('begins anew when the store lost the link it knew', async () => {
  const world = new World()
  const chain = await chainOf(world)
  for (let i = 0; i < 3; i++) await world.run(chain.extend({ index: i, value: 0 }, i))
  const { versions } = await world.open(world.slots)
  for (const version of ['2', '3']) await world.run(versions.container('chain').deleteStateAt(version))
  expect(await world.run(chain.newest())).toEqual({ index: 1, value: 0 })
})

it('refuses what is no number', async () => {
  const world = new World()
  const chain = await chainOf(world)
  const { versions } = await world.open(world.slots)
  await world.run(versions.container('chain').setStateAt('12', '1'))
  await expect(world.run(chain.newest())).rejects.toThrow(IncompatibleError)
})
