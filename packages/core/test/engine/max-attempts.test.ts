import { describe, expect, it } from 'vitest'
import { ConflictError } from '../../src/index.js'
import { add, World } from './world.js'

/** One whose every append is preceded by a rival's. */
async function beset() {
  const world = new World()
  const [avout, rival] = await world.pair()
  const fight = { isOn: true }
  world.store.conflictNext(1_000, async () => {
    if (!fight.isOn) return
    await rival.dosync((tx) => tx.alter(rival.ref('/n', 0), add, 1), { id: `rival ${world.records().length}` })
  })
  return { world, wait: world.wait, avout, n: avout.ref('/n', 0), fight }
}

describe('maxAttempts', () => {
  it.each([1, 3])('of %i runs the body as often, and gives up with nothing committed', async (maxAttempts) => {
    const { wait, avout, n } = await beset()
    const attempts: number[] = []
    const conflicts: number[] = []
    avout.on('conflict', (error) => conflicts.push(error.attempts))
    const fighting = avout.dosync(
      (tx) => {
        attempts.push(tx.attempt)
        return tx.alter(n, add, 100)
      },
      { maxAttempts },
    )
    const error = await wait(fighting.catch((failure: unknown) => failure))
    expect(error).toBeInstanceOf(ConflictError)
    expect(error).toMatchObject({ attempts: maxAttempts, refs: ['/n'] })
    expect((error as ConflictError).rival).toMatchObject({ id: expect.stringMatching(/^rival \d+$/), client: 'b' })
    expect(attempts).toEqual(Array.from({ length: maxAttempts }, (_, i) => i + 1))
    expect(conflicts).toEqual(attempts)
    expect(await wait(n.deref())).toBe(maxAttempts)
  })

  it('of 0 does not even run the body', async () => {
    const { wait, avout } = await beset()
    const failing = avout.dosync(
      () => {
        throw new Error('ran')
      },
      { maxAttempts: 0 },
    )
    await expect(wait(failing)).rejects.toBeInstanceOf(ConflictError)
  })

  it('does not matter to who has no rival', async () => {
    const world = new World()
    const avout = await world.connect()
    const n = avout.ref('/n', 0)
    for (const by of [1, 1]) await world.wait(avout.dosync((tx) => tx.alter(n, add, by), { maxAttempts: 1 }))
    expect(await world.wait(n.deref())).toBe(2)
  })

  it('that nobody gave is without end: the fight ends when the rival does', async () => {
    const { world, wait, avout, n, fight } = await beset()
    let attempts = 0
    const fighting = avout.dosync((tx) => {
      attempts = tx.attempt
      return tx.alter(n, add, 100)
    })
    await world.pass(5_000)
    fight.isOn = false
    expect(await wait(fighting)).toBe(100 + attempts - 1)
    expect(attempts).toBeGreaterThan(5)
  })
})
