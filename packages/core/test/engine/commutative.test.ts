import { describe, expect, it } from 'vitest'
import { type Avout, defineOp, IncompatibleError, ops, ValidationError, ValueError } from '../../src/index.js'
import { inspect } from '../../src/testing/index.js'
import { add, Gate, latch, outcomeOf, World } from './world.js'

const COUNT = '/count'
const operate = (avout: Avout, n: number, bound?: { min?: number; max?: number }): Promise<void> =>
  avout.dosync((tx) => tx.commute(avout.ref(COUNT, 0), ops.add(n, bound)))

async function two() {
  const world = new World()
  const [a, b] = await world.pair()
  return { world, wait: world.wait, a, b, count: a.ref(COUNT, 0), there: b.ref(COUNT, 0) }
}

/** What every client says of a ref, a new one too: they must be of one opinion. */
async function everywhere<T>(world: World, name: string, initial: T & (object | number), clients: Avout[]): Promise<T> {
  const cold = await world.connect()
  const values: T[] = []
  for (const avout of [...clients, cold]) values.push(await world.wait(avout.ref<T>(name, initial).deref()))
  for (const value of values) expect(value).toEqual(values[0])
  expect(new Set([...clients, cold].map((avout) => inspect(avout).verdicts)).size).toBe(1)
  return values[0] as T
}

describe('an operation', () => {
  it('needs no read, creates its ref, and is there when its transaction has resolved', async () => {
    const { world, wait, a, b, count } = await two()
    await wait(operate(a, 5))
    expect(await wait(count.deref())).toBe(5)
    expect(await wait(a.dosync((tx) => tx.has(count)))).toBe(true)
    expect(await everywhere(world, COUNT, 0, [a, b])).toBe(5)
  })

  it('conflicts with no other: of this client, and of one that was faster', async () => {
    const { world, wait, a, b } = await two()
    const conflicts: unknown[] = []
    for (const avout of [a, b]) avout.on('conflict', (conflict) => conflicts.push(conflict))
    world.rival(() => operate(b, 100), 3)
    const before = world.records().length
    await wait(Promise.all(Array.from({ length: 64 }, () => operate(a, 1))))
    expect(conflicts).toEqual([])
    expect(world.records()).toHaveLength(before + 2) // one record of 64, and the rival's
    await wait(operate(a, 1))
    expect(await everywhere(world, COUNT, 0, [a, b])).toBe(265)
  })

  it('conflicts with who has read its ref', async () => {
    const { world, wait, a, b, count } = await two()
    world.rival(() => operate(b, 10))
    const seen: number[] = []
    await wait(
      a.dosync(async (tx) => {
        seen.push(await tx.get(count))
        tx.set(a.ref('/copy', 0), await tx.get(count))
      }),
    )
    expect(seen).toEqual([0, 10])
  })

  it('of a ref that the transaction has read, reads or writes, is an ordinary write', async () => {
    const { world, wait, a, b, count } = await two()
    await wait(operate(a, 1))
    for (const body of [
      async (tx: Parameters<Parameters<Avout['dosync']>[0]>[0]) => {
        await tx.get(count)
        tx.commute(count, ops.add(1))
      },
      async (tx: Parameters<Parameters<Avout['dosync']>[0]>[0]) => {
        tx.commute(count, ops.add(1))
        await tx.get(count)
      },
    ]) {
      const records = world.records().length
      await wait(a.dosync(body))
      expect(world.records().at(-1)).not.toContain('"o"')
      expect(world.records()).toHaveLength(records + 1)
    }
    world.rival(() => operate(b, 10))
    const seen: number[] = []
    await wait(
      a.dosync(async (tx) => {
        tx.commute(count, ops.add(1))
        tx.commute(count, ops.max(2))
        seen.push(await tx.get(count))
      }),
    )
    expect(seen).toEqual([4, 14])
    await wait(
      a.dosync((tx) => {
        tx.set(count, 5)
        tx.commute(count, ops.add(1))
      }),
    )
    expect(await everywhere(world, COUNT, 0, [a, b])).toBe(6)
  })

  it('then set, alter or delete is a TypeError; then commute of a function is both', async () => {
    const { wait, a, count } = await two()
    for (const write of ['set', 'alter', 'delete'] as const) {
      const refused = a.dosync(async (tx) => {
        tx.commute(count, ops.add(1))
        if (write === 'set') tx.set(count, 5)
        else if (write === 'alter') await tx.alter(count, add, 1)
        else tx.delete(count)
      })
      expect(await wait(outcomeOf(refused))).toMatchObject({ error: { code: 'AVOUT_SET_AFTER_COMMUTE' } })
    }
    await wait(
      a.dosync(async (tx) => {
        tx.commute(count, ops.add(1))
        expect(await tx.commute(count, (n) => n * 10)).toBe(10)
        tx.commute(count, ops.add(3))
      }),
    )
    expect(await wait(count.deref())).toBe(13)
  })

  it('is dropped with a nested transaction that threw, and with one that was aborted', async () => {
    const { wait, a, count } = await two()
    await wait(
      a.dosync(async (tx) => {
        tx.commute(count, ops.add(1))
        const inner = tx.dosync((scope) => {
          scope.commute(count, ops.add(10))
          throw new Error('no')
        })
        await outcomeOf(inner)
        await tx.dosync((inner) => inner.commute(count, ops.add(100)))
      }),
    )
    await wait(
      outcomeOf(
        a.dosync((tx) => {
          tx.commute(count, ops.add(1_000))
          throw new Error('no')
        }),
      ),
    )
    expect(await wait(count.deref())).toBe(101)
  })

  it('of what was deleted meanwhile creates it, and a scan sees that', async () => {
    const { world, wait, a, b } = await two()
    const counts = (avout: Avout) => avout.family('/counts', 7)
    await wait(a.dosync((tx) => tx.set(counts(a)('x'), 1)))
    world.rival(() => b.dosync((tx) => tx.delete(counts(b)('x'))))
    await wait(a.dosync((tx) => tx.commute(counts(a)('x'), ops.add(1))))
    expect(await everywhere(world, '/counts/x', 7, [a, b])).toBe(8)
    await wait(b.dosync((tx) => tx.delete(counts(b)('x'))))
    await wait(a.flush())
    world.rival(() => b.dosync((tx) => tx.commute(counts(b)('x'), ops.add(1))))
    const scans: string[][] = []
    await wait(
      a.dosync(async (tx) => {
        scans.push(await tx.keys(counts(a)))
        tx.set(a.ref('/n', 0), 1)
      }),
    )
    expect(scans).toEqual([[], ['x']])
  })

  it('stays in its bounds, in the order of the log', async () => {
    const { world, wait, a, b } = await two()
    await wait(operate(a, 5))
    await wait(b.flush())
    world.rival(() => operate(b, -4))
    const taking = await wait(Promise.all([1, 2, 3].map(() => outcomeOf(operate(a, -1, { min: 0 })))))
    expect(taking.filter((outcome) => 'error' in outcome)).toHaveLength(2)
    for (const outcome of taking) {
      if (!('error' in outcome)) continue
      expect(outcome.error).toBeInstanceOf(ValidationError)
      expect(outcome.error).toMatchObject({ ref: COUNT, message: expect.stringContaining('ops.add(-1, { min: 0 })') })
    }
    expect(await everywhere(world, COUNT, 0, [a, b])).toBe(0)
    const records = world.records().length
    await expect(wait(operate(a, -1, { min: 0 }))).rejects.toThrow(ValidationError) // known before anything is sent
    await expect(wait(operate(a, 6, { max: 5 }))).rejects.toThrow(ValidationError)
    await expect(wait(operate(a, 1.5, { min: 2, max: 5 }))).rejects.toThrow(ValidationError)
    expect(world.records()).toHaveLength(records)
    await wait(operate(a, 5, { max: 5 }))
  })

  it('never makes what is no finite number', async () => {
    const { world, wait, a, b } = await two()
    const outcomes = await wait(Promise.all([1, 2].map(() => outcomeOf(operate(a, Number.MAX_VALUE)))))
    expect(outcomes.filter((outcome) => 'error' in outcome)).toHaveLength(1)
    expect(await everywhere(world, COUNT, 0, [a, b])).toBe(Number.MAX_VALUE)
  })

  it('of something else than it is for fails', async () => {
    const { wait, a } = await two()
    await wait(a.dosync((tx) => tx.set(a.ref<unknown>(COUNT, 0), 'many')))
    await expect(wait(operate(a, 1))).rejects.toThrow(ValueError)
    const list = a.ref<readonly number[]>('/list', 5 as unknown as number[])
    await expect(wait(a.dosync((tx) => tx.commute(list, ops.append(1))))).rejects.toThrow(ValueError)
    const wrong = a.dosync((tx) => tx.commute(a.ref<unknown>('/list', 5), { '~op': () => undefined }))
    await expect(wait(wrong)).rejects.toMatchObject({ code: 'AVOUT_OPERATION' })
    const local = a.dosync((tx) => tx.commute(a.localRef(0), ops.add(1)))
    await expect(wait(local)).rejects.toMatchObject({ code: 'AVOUT_LOCAL_REF' })
    for (const make of [
      () => ops.add(Number.NaN),
      () => ops.max(Number.POSITIVE_INFINITY),
      () => ops.add(1, { min: 5, max: 4 }),
      () => ops.add(1, { min: Number.NaN }),
    ]) {
      expect(make).toThrow(TypeError)
    }
  })

  it('of a ref with a validator is a commute: the validator sees what it comes to', async () => {
    const { world, wait, a, b } = await two()
    const even = a.ref('/even', 0, { validate: (n) => n % 2 === 0 })
    world.rival(() => b.dosync((tx) => tx.set(b.ref('/even', 0), 4)))
    await wait(a.dosync((tx) => tx.commute(even, ops.add(2))))
    expect(await wait(even.deref())).toBe(6)
    await expect(wait(a.dosync((tx) => tx.commute(even, ops.add(1))))).rejects.toThrow(ValidationError)
  })

  it('counts once where its answer is lost', async () => {
    const world = new World()
    const [a, b] = await world.pair()
    for (let i = 0; i < 10; i++) {
      world.store.loseNextAck()
      await world.wait(Promise.all([operate(a, 1), operate(b, 1)]))
    }
    expect(await everywhere(world, COUNT, 0, [a, b])).toBe(20)
  })
})

describe('operations in flight', () => {
  it('are waited for by who reads their ref, writes on it, or commutes it', async () => {
    const { world, wait, a, count } = await two()
    const release = world.holdAppend()
    const first = operate(a, 1)
    await world.pass()
    const attempts: number[] = []
    const read = a.dosync(async (tx) => {
      attempts.push(tx.attempt)
      tx.set(a.ref('/copy', 0), await tx.get(count))
    })
    const altered = a.dosync((tx) => tx.alter(count, add, 10))
    const commuted = a.dosync((tx) => tx.commute(count, add, 100))
    const set = a.dosync((tx) => tx.set(a.ref('/x', 0), 1))
    await world.pass()
    expect(attempts).toEqual([1])
    release()
    await wait(Promise.all([first, read, altered, commuted, set]))
    expect([1, 11, 101, 111]).toContain(await wait(a.ref('/copy', 0).deref()))
    expect(await wait(count.deref())).toBe(111)
  })

  it('are what a blind write stands on', async () => {
    const world = new World()
    const gate = new Gate()
    const [a, b] = [await world.connect({}, gate), await world.connect()]
    const { wait } = world
    gate.close()
    const first = operate(a, 1)
    await world.pass()
    const set = a.dosync((tx) => tx.set(a.ref(COUNT, 0), 50))
    await world.pass()
    const second = operate(a, 1)
    gate.open()
    await wait(Promise.all([first, set, second]))
    expect(await everywhere(world, COUNT, 0, [a, b])).toBe(51)
  })

  it('that land behind those that were sent later break nothing that stands on these', async () => {
    const world = new World({ delay: [5, 5] })
    const [a, b] = await world.pair()
    const release = world.holdAppend()
    const records = world.records().length
    const calls: Promise<unknown>[] = []
    for (const call of [
      () => operate(a, 1),
      () => operate(a, 2),
      () => a.dosync((tx) => tx.set(a.ref(COUNT, 0), 50)),
      () => a.dosync((tx) => tx.set(a.ref('/y', 0), 1)),
    ]) {
      calls.push(call())
      await world.pass(1) // a record each, all of them on their way
    }
    await world.pass(30)
    release()
    await world.wait(Promise.all(calls))
    expect(world.records()).toHaveLength(records + 4)
    expect(await everywhere(world, COUNT, 0, [a, b])).toBe(51)
    expect(world.store.peek('test', COUNT, inspect(a).heads().get(COUNT)?.version ?? '')).toBe(51)
  })

  it('that never cease can still be read, and go on', async () => {
    const { wait, a, count } = await two()
    let isRead = false
    let operations = 0
    const operating = Array.from({ length: 8 }, async () => {
      while (!isRead) {
        await operate(a, 1)
        operations++
        if (operations > 2_000) throw new Error('never read')
      }
    })
    const copy = a.ref('/copy', 0)
    const read = async () => {
      for (let i = 0; i < 5; i++) await a.dosync(async (tx) => tx.set(copy, await tx.get(count)))
      isRead = true
    }
    await wait(Promise.all([read(), ...operating]))
    expect(await wait(count.deref())).toBe(operations)
  })

  it('of two refs, and readers of both that operate on them, do not wait for each other for ever', async () => {
    const { wait, a } = await two()
    const refs = [a.ref('/1', 0), a.ref('/2', 0)] as const
    const work = Array.from({ length: 40 }, (_, i) =>
      a.dosync(async (tx) => {
        const [read, operated] = i % 2 === 0 ? refs : [refs[1], refs[0]]
        if (i % 4 < 2) await tx.get(read)
        tx.commute(operated, ops.add(1))
      }),
    )
    await wait(Promise.all(work))
    expect((await wait(a.read((tx) => tx.getAll(refs)))).reduce(add)).toBe(40)
  })
})

describe('values that operations make', () => {
  it('are in their containers when the transaction has resolved, and told to watches', async () => {
    const { world, wait, a, b, count, there } = await two()
    const told: [string, number, number][] = []
    count.addWatch('a', (_, __, old, value) => told.push(['a', old, value]))
    there.addWatch('b', (_, __, old, value) => told.push(['b', old, value]))
    await wait(operate(a, 1))
    const head = inspect(a).heads().get(COUNT)
    expect(world.store.peek('test', COUNT, head?.version ?? '')).toBe(1)
    await wait(Promise.all([operate(a, 1), operate(b, 1), operate(a, 1)]))
    await wait(Promise.all([a.flush(), b.flush()]))
    for (const who of ['a', 'b']) {
      const changes = told.filter(([name]) => name === who).map(([, old, value]) => [old, value])
      expect(changes).toEqual([
        [0, 1],
        [1, 2],
        [2, 3],
        [3, 4],
      ])
    }
  })

  it('are stored once for all of a record', async () => {
    const { world, wait, a } = await two()
    await wait(Promise.all(Array.from({ length: 10 }, () => operate(a, 1))))
    const head = inspect(a).heads().get(COUNT)?.version ?? ''
    expect(world.store.peek('test', COUNT, head)).toBe(10)
    const earlier = head.replace(/\d+$/, '3')
    expect(world.store.peek('test', COUNT, earlier)).toBeUndefined()
  })

  it('of lists: appended and united', async () => {
    const { world, wait, a, b } = await two()
    const list = (avout: Avout) => avout.ref<unknown[]>('/list', [])
    const set = (avout: Avout) => avout.ref<unknown[]>('/set', [])
    const day = new Date(0)
    world.rival(() => b.dosync((tx) => tx.commute(list(b), ops.append<unknown>('b'))))
    await wait(
      a.dosync((tx) => {
        tx.commute(list(a), ops.append<unknown>('a', day))
        tx.commute(set(a), ops.union<unknown>({ x: 1 }, day))
        tx.commute(set(a), ops.union<unknown>({ x: 1 }, 'new'))
      }),
    )
    await wait(b.dosync((tx) => tx.commute(set(b), ops.union<unknown>(day, 'newer'))))
    expect(await everywhere(world, '/list', [], [a, b])).toEqual(['b', 'a', day])
    expect(await everywhere(world, '/set', [], [a, b])).toEqual([{ x: 1 }, day, 'new', 'newer'])
  })

  it('of lists above the inline limit: then it is a write', async () => {
    const world = new World()
    const [a, b] = await world.pair({ founding: { inlineLimit: 1_000 } })
    const list = (avout: Avout) => avout.ref<string[]>('/list', [])
    const items = Array.from({ length: 60 }, (_, i) => `item ${i} of a long list`)
    for (const [i, item] of items.entries()) {
      const avout = i % 2 === 0 ? a : b
      await world.wait(avout.dosync((tx) => tx.commute(list(avout), ops.append(item))))
    }
    expect(await everywhere(world, '/list', [], [a, b])).toEqual(items)
    world.rival(() => b.dosync((tx) => tx.set(list(b), [...items, ...items])))
    await world.wait(a.dosync((tx) => tx.set(list(a), ['short'])))
    world.rival(() => b.dosync((tx) => tx.set(list(b), [...items, ...items])))
    await world.wait(a.dosync((tx) => tx.commute(list(a), ops.append('last'))))
    expect(await everywhere(world, '/list', [], [a, b])).toEqual([...items, ...items, 'last'])
  })

  it('are what a view saw, at its position', async () => {
    const { world, wait, a, b, count } = await two()
    await wait(operate(a, 1))
    const { promise, open } = latch()
    const reading = a.read(async (tx) => {
      await promise
      return tx.get(count)
    })
    await world.pass()
    await wait(operate(b, 1))
    await wait(operate(a, 1))
    open()
    expect(await wait(reading)).toBe(1)
    expect(await wait(count.deref())).toBe(3)
  })
})

describe('an operation of a user', () => {
  const times = defineOp({ name: 'test/times', version: 1, apply: (n: number, by: number) => n * by })
  const count = (avout: Avout) => avout.ref(COUNT, 1)

  it('is applied by all that know it', async () => {
    const world = new World()
    const [a, b] = await world.pair({ ops: [times] })
    world.rival(() => b.dosync((tx) => tx.commute(count(b), times(3))))
    await world.wait(a.dosync((tx) => tx.commute(count(a), times(2))))
    expect(await world.wait(count(a).deref())).toBe(6)
    expect(await world.wait(count(b).deref())).toBe(6)
    // Numbers cannot be folded onto what only user code knows: it is a conflict, and runs again.
    world.rival(() => b.dosync((tx) => tx.commute(count(b), times(10))))
    await world.wait(a.dosync((tx) => tx.commute(count(a), ops.add(1))))
    expect(await world.wait(count(b).deref())).toBe(61)
  })

  it('leaves its ref unreadable where it is not known, and all else as it is', async () => {
    const world = new World()
    const a = await world.connect({ ops: [times] })
    const b = await world.connect()
    await world.wait(a.dosync((tx) => tx.commute(count(a), times(2))))
    const changes: unknown[] = []
    b.on('watchError', ({ error }) => changes.push(error))
    count(b).addWatch('w', (_, __, ___, value) => changes.push(value))
    const attempts = [() => count(b).deref(), () => b.dosync((tx) => tx.commute(count(b), ops.add(1)))]
    for (const attempt of attempts) {
      const outcome = await world.wait(outcomeOf<unknown>(attempt()))
      expect(outcome).toMatchObject({ error: { kind: 'incompatible' } })
      expect((outcome as { error: Error }).error).toBeInstanceOf(IncompatibleError)
      expect((outcome as { error: Error }).error.message).toMatch(/"test\/times", version 1/)
    }
    await world.wait(a.dosync((tx) => tx.commute(count(a), times(2))))
    await world.wait(b.dosync((tx) => tx.set(b.ref('/else', 0), 1)))
    await world.wait(b.dosync((tx) => tx.set(count(b), 7)))
    expect(await world.wait(count(a).deref())).toBe(7)
    expect(inspect(a).verdicts).toBe(inspect(b).verdicts)
    expect(changes).toEqual(Array.from({ length: 3 }, () => expect.any(IncompatibleError)))
    await expect(world.wait(b.dosync((tx) => tx.commute(count(b), times(2))))).rejects.toMatchObject({
      code: 'AVOUT_OPERATION',
    })
  })

  it('that fails on what it finds at last leaves a typed error', async () => {
    const world = new World()
    const positive = defineOp({
      name: 'test/root',
      version: 2,
      apply: (n: number) => {
        if (n < 0) throw new Error('no root')
        return Math.sqrt(n)
      },
    })
    const [a, b] = await world.pair({ ops: [positive] })
    world.rival(() => b.dosync((tx) => tx.set(count(b), -1)))
    await world.wait(a.dosync((tx) => tx.commute(count(a), positive())))
    await expect(world.wait(count(a).deref())).rejects.toThrow(/"test\/root", version 2, failed/)
    await expect(world.wait(count(b).deref())).rejects.toThrow(IncompatibleError)
    await expect(world.wait(a.dosync((tx) => tx.commute(count(a), positive())))).rejects.toThrow()
  })

  it('is defined with care', () => {
    const apply = (n: number) => n
    expect(() => defineOp({ name: '', version: 1, apply })).toThrow(TypeError)
    expect(() => defineOp({ name: 'x', version: 0, apply })).toThrow(TypeError)
    expect([times.kind, times.name, times.version]).toEqual(['op', 'test/times', 1])
    const again = defineOp({ name: 'test/times', version: 1, apply })
    const world = new World()
    return expect(world.connect({ ops: [times, again] })).rejects.toMatchObject({ code: 'AVOUT_OPERATION' })
  })
})
