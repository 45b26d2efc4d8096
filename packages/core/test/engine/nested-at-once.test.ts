import { describe, expect, it } from 'vitest'
import { latch, World } from './world.js'

async function client() {
  const world = new World()
  const avout = await world.connect()
  return { world, wait: world.wait, avout, n: avout.ref('/n', 0), m: avout.ref('/m', 0) }
}

describe('nested dosyncs at once', () => {
  it('that alter one ref lose nothing', async () => {
    const { wait, avout, n } = await client()
    const increment = async () => {
      const value = await n.deref()
      await Promise.resolve()
      return value
    }
    await wait(
      avout.dosync((tx) =>
        Promise.all(
          [1, 10, 100].map((by) =>
            tx.dosync(async (nested) => {
              await increment()
              const before = await nested.get(n)
              await Promise.resolve()
              nested.set(n, before + by)
            }),
          ),
        ),
      ),
    )
    expect(await wait(n.deref())).toBe(111)
  })

  it('never see half of what another one wrote', async () => {
    const { wait, avout, n, m } = await client()
    const [readN, wrote] = [latch(), latch()]
    await wait(
      avout.dosync(async (tx) => {
        const reading = tx.dosync(async (nested) => {
          const first = await nested.get(n)
          readN.open()
          await wrote.promise
          const second = await nested.get(m)
          if (first !== second) throw new Error(`saw ${first} and ${second}`)
        })
        await readN.promise
        await tx.dosync((nested) => {
          nested.set(n, 1)
          nested.set(m, 1)
        })
        wrote.open()
        await reading
      }),
    )
    expect(await wait(avout.read((tx) => tx.getAll([n, m])))).toEqual([1, 1])
  })
})
