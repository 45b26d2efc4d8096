import { describe, expect, it, vi } from 'vitest'
import { type VersionedStateContainer, versionedBackend } from '../../src/backend.js'
import { type Avout, ClosedError, ConflictError, defineRef, UnavailableError } from '../../src/index.js'
import { type TestRealm, type TestRealmOptions, testRealm } from '../../src/testing/index.js'

const counter = defineRef('/n', 0)
const other = defineRef('/m', 0)
const inc = (n: number): number => n + 1

const manual = (): TestRealm => testRealm({ clock: 'manual' })

/** Increments `ref`, and answers in which attempt. */
const increment = (avout: Avout, ref = counter): Promise<number> =>
  avout.dosync(async (tx) => {
    await tx.alter(ref, inc)
    return tx.attempt
  })

/** Whether a promise has settled by now. */
function watched<T>(promise: Promise<T>): { isSettled: boolean } {
  const state = { isSettled: false }
  const settle = (): void => {
    state.isSettled = true
  }
  promise.then(settle, settle)
  return state
}

const never = (): Promise<never> => new Promise(() => {})

/** A store of five functions, in memory. */
function shelf(id: string) {
  const values = new Map<string, string>()
  return versionedBackend(id, (_realm, ref): VersionedStateContainer => {
    const at = (version: string): string => `${ref} ${version}`
    return {
      initVersionedStateContainer: async () => {},
      destroyVersionedStateContainer: async () => values.clear(),
      getStateAt: async (version) => {
        const json = values.get(at(version))
        return json === undefined ? undefined : JSON.parse(json)
      },
      setStateAt: async (value, version) => {
        if (values.has(at(version))) return false
        values.set(at(version), JSON.stringify(value))
        return true
      },
      deleteStateAt: async (version) => void values.delete(at(version)),
    }
  })
}

describe('conflictNext', () => {
  it('makes the next append lose, once, and changes no value', async () => {
    await using realm = manual()
    const avout = await realm.connect()
    await increment(avout)
    realm.conflictNext()
    expect(await increment(avout)).toBe(2)
    expect(await increment(avout)).toBe(1)
    expect(await avout.ref(counter).deref()).toBe(3)
  })

  it('makes as many appends lose as it is told', async () => {
    await using realm = manual()
    const avout = await realm.connect()
    realm.conflictNext(2)
    realm.conflictNext()
    const attempt = increment(avout)
    await realm.advance(1_000)
    expect(await attempt).toBe(4)
  })

  it('names the rival', async () => {
    await using realm = manual()
    const avout = await realm.connect()
    realm.conflictNext()
    const conflict = await avout
      .dosync((tx) => tx.alter(counter, inc), { maxAttempts: 1 })
      .catch((error: unknown) => error)
    expect(conflict).toBeInstanceOf(ConflictError)
    expect(conflict).toMatchObject({ refs: ['/n'], attempts: 1, rival: { client: 'rival', label: 'conflictNext' } })
  })

  it('creates no ref that nobody wrote', async () => {
    await using realm = manual()
    const avout = await realm.connect()
    realm.conflictNext()
    await expect(avout.dosync((tx) => tx.set(counter, 1), { maxAttempts: 1 })).rejects.toBeInstanceOf(ConflictError)
    expect(await avout.read((tx) => tx.has(counter))).toBe(false)
    for await (const { name } of avout.list()) expect.unreachable(`there is ${name}`)
  })

  it('waits for an append that writes refs: the founding of the realm is none', async () => {
    await using realm = manual()
    realm.conflictNext()
    expect(await increment(await realm.connect())).toBe(2)
  })

  it('hits every transaction of the record', async () => {
    await using realm = manual()
    const avout = await realm.connect()
    realm.conflictNext()
    expect(await Promise.all([increment(avout, counter), increment(avout, other)])).toEqual([2, 2])
  })

  it('hits refs that live elsewhere', async () => {
    await using realm = manual()
    const shelved = defineRef('/shelved', 0, { in: shelf('shelf') })
    const avout = await realm.connect()
    await increment(avout, shelved)
    realm.conflictNext()
    expect(await increment(avout, shelved)).toBe(2)
    expect(await avout.ref(shelved).deref()).toBe(2)
  })

  it('hits refs whose values do not travel in the log', async () => {
    await using realm = manual()
    const avout = await realm.connect({ founding: { inlineLimit: 10 } })
    const text = avout.ref('/text', '')
    const append = (tail: string): Promise<number> =>
      avout.dosync(async (tx) => {
        await tx.alter(text, (before) => before + tail)
        return tx.attempt
      })
    await append('x'.repeat(20))
    realm.conflictNext()
    expect(await append('y')).toBe(2)
    expect(await text.deref()).toBe(`${'x'.repeat(20)}y`)
  })

  it('does not run the body of a commute again', async () => {
    await using realm = manual()
    const avout = await realm.connect()
    await increment(avout)
    realm.conflictNext()
    const body = vi.fn()
    await avout.dosync(async (tx) => {
      body()
      await tx.commute(counter, inc)
    })
    expect(body).toHaveBeenCalledTimes(1)
    expect(await avout.ref(counter).deref()).toBe(2)
  })

  it('hits the clients of every realm', async () => {
    await using realm = manual()
    const [one, two] = [await realm.connect({ realm: 'a' }), await realm.connect({ realm: 'b' })]
    realm.conflictNext(2)
    expect(await Promise.all([increment(one), increment(two)])).toEqual([2, 2])
    expect(await two.ref(counter).deref()).toBe(1)
  })
})

describe('loseNextAck', () => {
  it('loses the answer and not the commit, without a run more', async () => {
    await using realm = manual()
    const [one, two] = [await realm.connect(), await realm.connect()]
    realm.loseNextAck()
    expect(await increment(one)).toBe(1)
    expect(await two.ref(counter).deref()).toBe(1)
  })

  it('goes with a conflict', async () => {
    await using realm = manual()
    const avout = await realm.connect()
    realm.conflictNext()
    realm.loseNextAck()
    expect(await increment(avout)).toBe(2)
    expect(await avout.ref(counter).deref()).toBe(1)
  })
})

describe('time', () => {
  it('stands still until it is advanced', async () => {
    await using realm = manual()
    const avout = await realm.connect()
    const call = avout.dosync(never, { timeout: 1_000 })
    const state = watched(call)
    await realm.advance(999)
    expect(state.isSettled).toBe(false)
    const failed = expect(call).rejects.toSatisfy((error) => UnavailableError.isInstance(error))
    await realm.advance(1)
    await failed
  })

  it('is what transactions tell', async () => {
    await using realm = manual()
    const avout = await realm.connect()
    const now = (): Promise<number> => avout.dosync((tx) => tx.now().getTime())
    const before = await now()
    await realm.advance(90_000)
    expect((await now()) - before).toBe(90_000)
  })

  it('does not run out for who sleeps in retry, and wakes it at once', async () => {
    await using realm = manual()
    const [one, two] = [await realm.connect(), await realm.connect()]
    const parked = one.dosync(async (tx) => ((await tx.get(counter)) === 0 ? tx.retry() : 'awake'), { timeout: 10 })
    const state = watched(parked)
    await realm.advance(60_000)
    expect(state.isSettled).toBe(false)
    await increment(two)
    expect(await parked).toBe('awake')
  })

  it('is the machine’s own, with a real clock', async () => {
    await using realm = testRealm()
    const avout = await realm.connect()
    const before = Date.now()
    const now = await avout.dosync((tx) => tx.now().getTime())
    expect(Math.abs(now - before)).toBeLessThan(5_000)
    await expect(avout.dosync(never, { timeout: 1 })).rejects.toBeInstanceOf(UnavailableError)
    await expect(realm.advance(1)).rejects.toMatchObject({ code: 'AVOUT_CLOCK' })
  })

  it('goes through back-offs by itself, with a real clock', async () => {
    await using realm = testRealm()
    const avout = await realm.connect()
    realm.conflictNext(5)
    realm.loseNextAck()
    expect(await increment(avout)).toBe(6)
  })
})

describe('crash', () => {
  it('before anything was sent leaves nothing', async () => {
    await using realm = manual()
    const [one, two] = [await realm.connect(), await realm.connect()]
    const call = watched(increment(one))
    realm.crash(one)
    await realm.advance(60_000)
    expect(call.isSettled).toBe(false)
    expect(await two.ref(counter).deref()).toBe(0)
  })

  it('after its record arrived leaves a commit that nobody was told of', async () => {
    await using realm = manual()
    const [one, two] = [await realm.connect(), await realm.connect()]
    realm.loseNextAck()
    // The other client hears of the commit before its author does, who dies at that moment.
    two.ref(counter).addWatch('crash', () => realm.crash(one))
    const call = watched(increment(one))
    await realm.advance(60_000)
    expect(call.isSettled).toBe(false)
    expect(await increment(two)).toBe(1)
    expect(await two.ref(counter).deref()).toBe(2)
  })

  it('never lets a call settle, not even one that needs nobody', async () => {
    await using realm = manual()
    const avout = await realm.connect()
    let goOn: ((value: string) => void) | undefined
    const body = avout.dosync(() => new Promise<string>((resolve) => (goOn = resolve)))
    realm.crash(avout)
    goOn?.('done')
    const calls: Promise<unknown>[] = [body, avout.dosync(() => 'done'), avout.ref(counter).deref(), increment(avout)]
    const states = calls.map((call) => watched(call))
    await realm.advance(60_000)
    expect(states.map((state) => state.isSettled)).toEqual([false, false, false, false])
  })

  it('leaves nothing to close', async () => {
    await using realm = manual()
    const avout = await realm.connect()
    void increment(avout)
    realm.crash(avout)
    await expect(avout.close()).resolves.toBeUndefined()
    await expect(avout[Symbol.asyncDispose]()).resolves.toBeUndefined()
  })

  it('knows its own clients only', async () => {
    await using realm = manual()
    await using another = manual()
    const stranger = await another.connect()
    expect(() => realm.crash(stranger)).toThrow(expect.objectContaining({ code: 'AVOUT_NOT_A_CLIENT' }))
  })
})

describe('the seed', () => {
  /** Who of four clients comes first, second, … */
  const race = async (seed: number): Promise<string> => {
    await using realm = testRealm({ clock: 'manual', seed })
    const clients = await Promise.all(['a', 'b', 'c', 'd'].map((name) => realm.connect({ name })))
    const order = defineRef<string>('/order', '')
    await Promise.all(
      clients.map((client, i) => client.dosync((tx) => tx.commute(order, (names) => names + 'abcd'[i]))),
    )
    return await (clients[0] as Avout).ref(order).deref()
  }

  it('decides a race, and the same again', async () => {
    const seeds = Array.from({ length: 12 }, (_, i) => i)
    const once = await Promise.all(seeds.map(race))
    expect(await Promise.all(seeds.map(race))).toEqual(once)
    expect(new Set(once).size).toBeGreaterThan(3)
  })
})

describe('disposing', () => {
  it('closes the clients, and ends what they were at', async () => {
    const realm = manual()
    const avout = await realm.connect()
    const call = avout.dosync(never)
    const failed = expect(call).rejects.toBeInstanceOf(ClosedError)
    await realm[Symbol.asyncDispose]()
    await failed
    await expect(avout.dosync(() => 1)).rejects.toBeInstanceOf(ClosedError)
    await expect(realm.connect()).rejects.toBeInstanceOf(ClosedError)
    await expect(realm.advance(1)).rejects.toBeInstanceOf(ClosedError)
    await expect(realm[Symbol.asyncDispose]()).resolves.toBeUndefined()
  })
})

describe('options', () => {
  it.each([
    [{ clock: 'slow' }, /clock/],
    [{ seed: 0.5 }, /seed/],
    [{ sead: 1 }, /unknown option "sead": there are clock, seed/],
  ])('of %j are refused', (options, message) => {
    expect(() => testRealm(options as TestRealmOptions)).toThrow(message)
  })

  it.each(['coordinator', 'clock'])('of a client leave its %s to the realm', async (option) => {
    await using realm = manual()
    await expect(realm.connect({ [option]: {} })).rejects.toThrow(`own ${option}`)
  })

  it('are numbers where they are', async () => {
    await using realm = manual()
    expect(() => realm.conflictNext(0)).toThrow(TypeError)
    await expect(realm.advance(-1)).rejects.toThrow(TypeError)
  })
})
