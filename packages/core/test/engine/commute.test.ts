import { describe, expect, it } from 'vitest'
import { add, World } from './world.js'

async function contended() {
  const world = new World()
  const [a, b] = await world.pair()
  const n = a.ref('/n', 0)
  const rivalAdds = (by: number): void => world.rival(() => b.dosync((tx) => tx.alter(b.ref('/n', 0), add, by)))
  return { world, wait: world.wait, a, b, n, rivalAdds }
}

describe('commute', () => {
  it('answers a provisional value, and commits the function of the newest', async () => {
    const { wait, a, n, rivalAdds } = await contended()
    rivalAdds(10)
    expect(await wait(a.dosync((tx) => tx.commute(n, add, 1)))).toBe(1)
    expect(await wait(n.deref())).toBe(11)
  })

  it('that met a conflict runs its function again, and not the body', async () => {
    const { wait, a, n, rivalAdds } = await contended()
    rivalAdds(10)
    rivalAdds(100)
    const [bodies, functions] = [[] as number[], [] as number[]]
    await wait(
      a.dosync(async (tx) => {
        bodies.push(tx.attempt)
        await tx.commute(n, (value) => {
          functions.push(value)
          return value + 1
        })
      }),
    )
    expect(bodies).toEqual([1])
    expect(functions.filter((value) => value > 0)).toEqual([10, 110])
    expect(await wait(n.deref())).toBe(111)
  })

  it('of several functions runs all of them again, in order', async () => {
    const { wait, a, n, rivalAdds } = await contended()
    rivalAdds(10)
    await wait(a.dosync((tx) => Promise.all([tx.commute(n, add, 1), tx.commute(n, (value) => value * 2)])))
    expect(await wait(n.deref())).toBe(22)
  })

  it('beside a read that was overtaken runs the body again', async () => {
    const { world, wait, a, b, n } = await contended()
    const read = a.ref('/read', 0)
    world.rival(() => b.dosync((tx) => tx.set(b.ref('/read', 0), 1)))
    const attempts: number[] = []
    await wait(
      a.dosync(async (tx) => {
        attempts.push(await tx.get(read))
        await tx.commute(n, add, 1)
      }),
    )
    expect(attempts).toEqual([0, 1])
  })

  it('then get counts as a read', async () => {
    const { wait, a, n, rivalAdds } = await contended()
    rivalAdds(10)
    const seen: number[] = []
    await wait(
      a.dosync(async (tx) => {
        await tx.commute(n, add, 1)
        seen.push(await tx.get(n))
      }),
    )
    expect(seen).toEqual([1, 11])
    expect(await wait(n.deref())).toBe(11)
  })

  it('then set, alter or delete is a TypeError, and nothing is committed', async () => {
    const { wait, a, n, world } = await contended()
    const records = world.records().length
    for (const write of ['set', 'alter', 'delete'] as const) {
      const refused = a.dosync(async (tx) => {
        await tx.commute(n, add, 1)
        if (write === 'set') tx.set(n, 5)
        else if (write === 'alter') await tx.alter(n, add, 1)
        else tx.delete(n)
      })
      const error = await wait(refused.catch((refusal: unknown) => refusal))
      expect(error, write).toBeInstanceOf(TypeError)
      expect(error).toMatchObject({ code: 'AVOUT_SET_AFTER_COMMUTE' })
    }
    expect(world.records()).toHaveLength(records)
  })

  it('after set is an ordinary write', async () => {
    const { wait, a, n } = await contended()
    const provisional = a.dosync((tx) => {
      tx.set(n, 5)
      return tx.commute(n, add, 1)
    })
    expect(await wait(provisional)).toBe(6)
    expect(await wait(n.deref())).toBe(6)
  })

  it('two at once in one client lose nothing', async () => {
    const { wait, a, n } = await contended()
    await wait(Promise.all([1, 2, 3, 4].map((by) => a.dosync((tx) => tx.commute(n, add, by)))))
    expect(await wait(n.deref())).toBe(10)
  })

  it('whose function throws at the commit fails with that', async () => {
    const { wait, a, n, rivalAdds } = await contended()
    rivalAdds(10)
    const failing = a.dosync((tx) =>
      tx.commute(n, (value) => {
        if (value > 5) throw new Error(`not from ${value}`)
        return value + 1
      }),
    )
    await expect(wait(failing)).rejects.toThrow('not from 10')
    expect(await wait(n.deref())).toBe(10)
  })
})
