import { describe, expect, it } from 'vitest'
import { ConflictError, UnavailableError } from '../../src/index.js'
import { add, latch, World } from './world.js'

async function client(options = {}) {
  const world = new World()
  const [avout, rival] = await world.pair(options)
  return { world, wait: world.wait, avout, rival, n: avout.ref('/n', 0) }
}

const caught = <T>(promise: Promise<T>): Promise<unknown> => promise.catch((error: unknown) => error)

describe('a body that never settles', () => {
  it('ends at its timeout with an UnavailableError, and its signal aborts', async () => {
    const { world, wait, avout } = await client()
    let signal: AbortSignal | undefined
    const stuck = avout.dosync(
      (tx) => {
        signal = tx.signal
        return latch().promise
      },
      { timeout: 200, label: 'the slow one' },
    )
    const error = await wait(caught(stuck))
    expect(error).toBeInstanceOf(UnavailableError)
    expect(error).toMatchObject({ code: 'AVOUT_TIMEOUT', kind: 'unavailable' })
    expect((error as Error).message).toMatch(/the slow one.*200 ms/)
    expect(world.scheduler.now).toBe(200)
    expect(signal?.aborted).toBe(true)
  })

  it('ends after 30 s if nobody said another time, or after what connect was told', async () => {
    const { world, wait, avout } = await client()
    await wait(caught(avout.dosync(() => latch().promise)))
    expect(world.scheduler.now).toBe(30_000)
    const patient = await world.connect({ timeout: 90_000 })
    await wait(caught(patient.read(() => latch().promise)))
    expect(world.scheduler.now).toBe(120_000)
  })

  it('commits nothing when it settles after that', async () => {
    const { world, wait, avout, n } = await client()
    const late = latch()
    const slow = avout.dosync(
      async (tx) => {
        tx.set(n, 1)
        await late.promise
      },
      { timeout: 10 },
    )
    await expect(wait(slow)).rejects.toMatchObject({ code: 'AVOUT_TIMEOUT' })
    late.open()
    await world.pass(1_000)
    expect(await wait(n.deref())).toBe(0)
  })

  it('holds up nobody else', async () => {
    const { wait, avout, n } = await client()
    const stuck = avout.dosync(
      async (tx) => {
        await tx.alter(n, add, 1)
        await latch().promise
      },
      { timeout: 1_000 },
    )
    expect(await wait(avout.dosync((tx) => tx.alter(n, add, 1)))).toBe(1)
    await expect(wait(stuck)).rejects.toMatchObject({ code: 'AVOUT_TIMEOUT' })
  })
})

describe('a timeout in a fight', () => {
  it('is a ConflictError that names the ref, the rival by its label and client, and the tries', async () => {
    const { world, wait, avout, rival, n } = await client()
    world.store.conflictNext(3, async () => {
      await rival.dosync((tx) => tx.alter(rival.ref('/n', 0), add, 1), { label: 'the counter' })
    })
    const fighting = avout.dosync(
      async (tx) => {
        await tx.alter(n, add, 100)
        if (tx.attempt === 4) await latch().promise
      },
      { timeout: 5_000, label: 'mine' },
    )
    const error = await wait(caught(fighting))
    expect(error).toBeInstanceOf(ConflictError)
    expect(error).toMatchObject({ refs: ['/n'], rival: { label: 'the counter', client: 'b' }, attempts: 3 })
    expect((error as Error).message).toMatch(/mine.*3 tries.*\/n.*the counter.*b/)
    expect(await wait(n.deref())).toBe(3)
  })

  it('of a reader names what it fought for as well', async () => {
    const world = new World({ pushLost: 1 })
    const [avout, rival] = await world.pair()
    const n = avout.ref('/n', 0)
    const failing = avout.dosync(
      async (tx) => {
        const value = await tx.get(n)
        await rival.dosync((other) => other.alter(rival.ref('/n', 0), add, 1), { label: 'the counter' })
        throw new Error(`it was ${value}`)
      },
      { maxAttempts: 1 },
    )
    const error = await world.wait(caught(failing))
    expect(error).toBeInstanceOf(ConflictError)
    expect(error).toMatchObject({ refs: ['/n'], rival: { label: 'the counter', client: 'b' }, attempts: 1 })
  })
})
