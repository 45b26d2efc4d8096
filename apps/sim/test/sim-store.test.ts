import { describe, expect, it } from 'vitest'
import { bytes, storeOf, text } from './support/clients.js'

const unavailable = { kind: 'unavailable' }

describe('the fates of an append', () => {
  it('lost: rejected, not applied', async () => {
    const { open, store, wait, records } = storeOf()
    const { log } = await open()
    store.faults = { ...store.faults, lost: 1 }
    await expect(wait(log.append(bytes('a'), 0))).rejects.toMatchObject(unavailable)
    expect(records()).toEqual([])
  })

  it('answer lost: rejected, applied', async () => {
    const { open, store, wait, records } = storeOf()
    const { log } = await open()
    store.loseNextAck()
    await expect(wait(log.append(bytes('a'), 0))).rejects.toMatchObject(unavailable)
    expect(records()).toEqual(['a'])
    await expect(wait(log.append(bytes('b'), 0))).resolves.toMatchObject({ position: 2, missed: [{ position: 1 }] })
  })

  it('late: rejected, then applied', async () => {
    const { open, store, wait, scheduler, records } = storeOf()
    const { log } = await open()
    store.faults = { ...store.faults, late: 1, lateBy: [50, 50] }
    await expect(wait(log.append(bytes('a'), 0))).rejects.toMatchObject(unavailable)
    expect(records()).toEqual([])
    await scheduler.run()
    expect(records()).toEqual(['a'])
  })

  it('duplicate: applied twice, also after a crash', async () => {
    const { open, store, wait, scheduler, records } = storeOf()
    const process = scheduler.process('p')
    const { log } = await open(process)
    store.faults = { ...store.faults, duplicate: 1, lateBy: [50, 50] }
    const record = bytes('a')
    await expect(wait(log.append(record, 0))).resolves.toEqual({ position: 1, missed: [] })
    record.fill(0)
    process.crash()
    await scheduler.run()
    expect(records()).toEqual(['a', 'a'])
  })

  it('a crash before the answer: applied, and nobody learns it', async () => {
    const { open, scheduler, records, store } = storeOf()
    const process = scheduler.process('p')
    const { log } = await open(process)
    store.faults = { ...store.faults, delay: [5, 5] }
    let settled = false
    void log.append(bytes('a'), 0).finally(() => {
      settled = true
    })
    scheduler.schedule(7, () => process.crash())
    await scheduler.run()
    expect([records(), settled]).toEqual([['a'], false])
  })
})

describe('the log', () => {
  it('refuses who knows more than there is, and writes nothing', async () => {
    const { open, wait, records, store, realm, scheduler } = storeOf()
    const [knowing, ignorant] = [scheduler.process('knowing'), scheduler.process('ignorant')]
    const { log } = await open()
    for (const record of ['a', 'b', 'c']) await wait(log.append(bytes(record), 0))
    const [reader, bystander] = [await open(knowing), await open(ignorant)]
    await wait(bystander.log.read(0, 1))
    await wait(reader.log.tail())
    store.faults = { ...store.faults, delay: [5, 5] }
    const unanswered = bystander.log.tail()
    await scheduler.advance(7)
    expect([...store.rollback(realm, 2)]).toEqual([knowing])
    await expect(wait(unanswered)).rejects.toMatchObject(unavailable)
    expect(records()).toEqual(['a'])
    await expect(wait(log.append(bytes('d'), 3))).rejects.toMatchObject({ kind: 'diverged' })
    await expect(wait(log.append(bytes('d'), 1))).resolves.toEqual({ position: 2, missed: [] })
    expect(records()).toEqual(['a', 'd'])
  })

  it('answers stale reads, none older than a tail that was learned before', async () => {
    const { open, store, wait } = storeOf()
    const { log } = await open()
    store.faults = { ...store.faults, stale: 1, lost: 0 }
    const lengths = new Set<number>()
    for (let known = 0; known < 200; known++) {
      store.loseNextAck()
      await expect(wait(log.append(bytes('x'), 0))).rejects.toMatchObject(unavailable)
      if (known % 10 === 0) await wait(log.tail())
      const { length } = await wait(log.read(0, 1000))
      expect(length).toBeGreaterThanOrEqual(known - (known % 10) + 1)
      lengths.add(known + 1 - length)
    }
    expect(lengths.size).toBeGreaterThan(3)
  })

  it('may answer too few missed entries, from the first on', async () => {
    const { open, store, wait } = storeOf({ faults: { partial: 0.5 } })
    const { log } = await open()
    const lengths = new Set<number>()
    for (let n = 1; n < 50; n++) {
      const { missed, position } = await wait(log.append(bytes('x'), 0))
      expect(missed.map((entry) => entry.position)).toEqual(missed.map((_, i) => i + 1))
      if (position > 10) lengths.add(missed.length)
    }
    expect(lengths.size).toBeGreaterThan(5)
    expect(store.down).toBe(false)
  })

  it('keeps what is trimmed for the checkers alone', async () => {
    const { open, wait, records } = storeOf()
    const { log } = await open()
    for (const record of ['a', 'b', 'c']) await wait(log.append(bytes(record), 0))
    await wait(log.trim(9))
    expect(await wait(log.floor())).toBe(3)
    expect((await wait(log.read(0, 9))).map(({ position }) => position)).toEqual([3])
    expect((await wait(log.append(bytes('d'), 0))).missed.map(({ position }) => position)).toEqual([3])
    expect(records()).toEqual(['a', 'b', 'c', 'd'])
  })

  it('pushes late, or not at all, or too often', async () => {
    const { open, store, wait, scheduler } = storeOf({ faults: { delay: [5, 5] } })
    const { log } = await open()
    let woken = 0
    const subscription = await wait(log.subscribe(() => woken++))
    await wait(log.append(bytes('a'), 0))
    await scheduler.run()
    expect(woken).toBe(1)
    store.faults = { ...store.faults, pushLost: 1 }
    await wait(log.append(bytes('b'), 0))
    await scheduler.run()
    expect(woken).toBe(1)
    store.faults = { ...store.faults, pushSpurious: 1 }
    await wait(log.append(bytes('c'), 0))
    await scheduler.run()
    expect(woken).toBe(2)
    await subscription[Symbol.asyncDispose]()
    await wait(log.append(bytes('d'), 0))
    await scheduler.run()
    expect(woken).toBe(2)
  })
})

describe('a store', () => {
  it('fails every call while it is down, and says so to its client', async () => {
    const { scheduler, store, wait } = storeOf()
    const states: string[] = []
    const clock = { now: () => 0, sleep: async () => undefined }
    const session = await wait(store.open({ realm: 'test', clock, report: (state) => states.push(state) }))
    store.down = true
    await expect(wait(session.log.tail())).rejects.toMatchObject(unavailable)
    await expect(wait(session.ping())).rejects.toMatchObject(unavailable)
    store.calm()
    await wait(session.ping())
    expect(states).toEqual(['down', 'up'])
    await scheduler.run()
  })

  it('refuses calls of a closed session, and pushes nothing to it', async () => {
    const { open, wait, scheduler } = storeOf()
    const [gone, other] = [await open(), await open()]
    let woken = 0
    await wait(gone.log.subscribe(() => woken++))
    await gone.close()
    await wait(other.log.append(bytes('a'), 0))
    await scheduler.run()
    expect(woken).toBe(0)
    await expect(gone.log.tail()).rejects.toMatchObject({ kind: 'closed' })
  })

  it('lets a rival go first', async () => {
    const { open, wait, store, records } = storeOf()
    const [victim, rival] = [await open(), await open()]
    const heard: string[] = []
    store.conflictNext(2, async (record) => {
      heard.push(text(record))
      await rival.log.append(bytes('rival'), 0)
    })
    for (const record of ['a', 'b', 'c']) await wait(victim.log.append(bytes(record), 0))
    expect(records()).toEqual(['rival', 'a', 'rival', 'b', 'c'])
    expect(heard).toEqual(['a', 'b'])
  })

  it('keeps its values as they were, once', async () => {
    const { open, wait, store, realm } = storeOf()
    const { versions } = await open()
    const value = { deep: [1] }
    const container = versions.container('/r')
    expect(await wait(container.setStateAt(value, 'v'))).toBe(true)
    value.deep.push(2)
    expect(await wait(container.setStateAt(3, 'v'))).toBe(false)
    expect(await wait(container.getStateAt('v'))).toEqual({ deep: [1] })
    expect(store.peek(realm, '/r', 'v')).toEqual({ deep: [1] })
    expect([...store.holdings(realm)]).toEqual([['/r', new Set(['v'])]])
  })

  it('may apply a batch in part', async () => {
    const { open, wait, store, realm } = storeOf()
    const { versions } = await open()
    store.faults = { ...store.faults, partial: 1 }
    const batch = ['v1', 'v2', 'v3'].map((version) => ({ ref: '/r', version, value: 1 }))
    await expect(wait(Promise.resolve(versions.setMany?.(batch)))).rejects.toMatchObject(unavailable)
    expect([1, 2]).toContain(store.holdings(realm).get('/r')?.size)
  })
})

describe('a lock', () => {
  it('is renewed while its process lives, and passes on when it does not', async () => {
    const { open, wait, scheduler } = storeOf({ faults: { delay: [1, 1] } })
    const process = scheduler.process('holder')
    const [holder, other] = [await open(process), await open(scheduler.process('other'))]
    const wish = { lease: 90, owner: 'holder' }
    const lease = await wait(holder.lock('l').acquire('write', wish))
    const next = other.lock('l').acquire('write', { lease: 90, owner: 'other' })
    await scheduler.advance(1000)
    expect(lease.lost.aborted).toBe(false)
    process.pause()
    const taken = await wait(next)
    expect(taken.token).toBeGreaterThan(lease.token)
    process.resume()
    await scheduler.advance(100)
    expect(lease.lost.aborted).toBe(true)
    await expect(wait(lease.release())).rejects.toMatchObject({ kind: 'lost' })
    await wait(taken.release())
  })

  it('may end early, and its holder hears of it', async () => {
    const { open, wait, scheduler, store } = storeOf({ faults: { leaseEarly: 1 } })
    const { lock } = await open()
    const lease = await wait(lock('l').acquire('write', { lease: 90, owner: 'a' }))
    await scheduler.advance(200)
    expect(lease.lost.aborted).toBe(true)
    expect(store.tally.counts.get('lease: early end')).toBe(1)
  })

  it('ends with its session', async () => {
    const { open, wait, scheduler } = storeOf()
    const [gone, other] = [await open(), await open()]
    await wait(gone.lock('l').acquire('write', { lease: 90, owner: 'gone' }))
    await gone.close()
    const lease = await wait(other.lock('l').acquire('write', { lease: 90, owner: 'other' }))
    expect(scheduler.now).toBeLessThanOrEqual(90)
    await wait(lease.release())
  })
})
