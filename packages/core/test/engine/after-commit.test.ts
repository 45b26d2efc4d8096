import { describe, expect, it } from 'vitest'
import { add, outcomeOf, World } from './world.js'

async function client() {
  const world = new World()
  const [avout, rival] = await world.pair()
  return { world, wait: world.wait, avout, rival, n: avout.ref('/n', 0) }
}

describe('afterCommit', () => {
  it('is called once, with the id and the position, for the run that was committed', async () => {
    const { wait, avout, rival, n, world } = await client()
    world.rival(() => rival.dosync((tx) => tx.set(rival.ref('/n', 0), 5)))
    const called: unknown[] = []
    await wait(
      avout.dosync(
        async (tx) => {
          const { attempt } = tx
          tx.afterCommit((commit) => called.push({ attempt, ...commit }))
          await tx.alter(n, add, 1)
        },
        { id: 'mine' },
      ),
    )
    const position = world.records().length
    expect(called).toEqual([{ attempt: 2, id: 'mine', position }])
  })

  it('that throws changes nothing', async () => {
    const { wait, avout, n } = await client()
    const committed = avout.dosync((tx) => {
      tx.afterCommit(() => {
        throw new Error('too late')
      })
      return tx.alter(n, add, 1)
    })
    expect(await wait(committed)).toBe(1)
  })

  it('is called for a transaction of local refs alone', async () => {
    const { wait, avout } = await client()
    const local = avout.localRef(0)
    const called: string[] = []
    const commit = avout.dosync(
      (tx) => {
        tx.afterCommit(({ id }) => called.push(id))
        tx.set(local, 1)
      },
      { id: 'local' },
    )
    await wait(commit)
    expect(called).toEqual(['local'])
  })

  it('is called for a transaction that only reads', async () => {
    const { wait, avout, n } = await client()
    const called: string[] = []
    const commit = avout.dosync(
      (tx) => {
        tx.afterCommit(({ id }) => called.push(id))
        return tx.get(n)
      },
      { id: 'reader' },
    )
    await wait(commit)
    expect(called).toEqual(['reader'])
  })

  it('is not called when nothing is committed', async () => {
    const { wait, avout, n } = await client()
    const called: string[] = []
    const failing = avout.dosync((tx) => {
      tx.afterCommit(() => called.push('committed'))
      tx.set(n, 1)
      throw new Error('no')
    })
    await wait(outcomeOf(failing))
    expect(called).toEqual([])
  })
})

describe('afterAbort', () => {
  it('is called with what the transaction failed with, and not at a commit', async () => {
    const { wait, avout, n } = await client()
    const causes: unknown[] = []
    const error = new Error('no')
    const failing = avout.dosync((tx) => {
      tx.afterAbort((cause) => causes.push(cause))
      tx.set(n, 1)
      throw error
    })
    await wait(outcomeOf(failing))
    expect(causes).toEqual([error])
    await wait(
      avout.dosync((tx) => {
        tx.afterAbort((cause) => causes.push(cause))
        tx.set(n, 1)
      }),
    )
    expect(causes).toEqual([error])
  })
})
