import { Pump, Random, Scheduler } from '@avout/core/testing'
import { describe, expect, it } from 'vitest'
import { bytes, storeOf } from './support/clients.js'

describe('Random', () => {
  it('repeats from a seed, and differs between seeds and streams', () => {
    const draw = (random: Random) => Array.from({ length: 20 }, () => random.word()).join()
    const all = [
      draw(new Random(7)),
      draw(new Random(8)),
      draw(new Random(7).stream('a')),
      draw(new Random(7).stream('b')),
    ]
    expect(draw(new Random(7))).toBe(all[0])
    expect(new Set(all).size).toBe(all.length)
  })

  it('gives a stream that does not depend on what was drawn before', () => {
    const random = new Random(7)
    const before = random.stream('a').word()
    random.word()
    expect(random.stream('a').word()).toBe(before)
  })

  it('is even', () => {
    const random = new Random(3)
    const draws = Array.from({ length: 50_000 }, () => random.between(0, 4))
    for (let i = 0; i < 5; i++) {
      expect(Math.abs(draws.filter((draw) => draw === i).length - 10_000)).toBeLessThan(400)
    }
    expect(
      Math.abs(Array.from({ length: 10_000 }, () => random.chance(0.1)).filter(Boolean).length - 1000),
    ).toBeLessThan(150)
  })
})

describe('Scheduler', () => {
  it('runs the earliest event first, and those of one time in order', async () => {
    const scheduler = new Scheduler()
    const ran: string[] = []
    for (const [at, name] of [
      [5, 'c'],
      [1, 'a'],
      [5, 'd'],
      [2, 'b'],
    ] as const) {
      scheduler.schedule(at, () => ran.push(`${name}${scheduler.now}`))
    }
    await expect(scheduler.run()).resolves.toBe('idle')
    expect(ran).toEqual(['a1', 'b2', 'c5', 'd5'])
  })

  it('runs what an event settled before the next event', async () => {
    const scheduler = new Scheduler()
    const ran: string[] = []
    const reactions = async () => {
      for (let i = 0; i < 20; i++) await undefined
      ran.push('promises')
    }
    scheduler.schedule(1, () => void reactions())
    scheduler.schedule(1, () => ran.push('next event'))
    await scheduler.run()
    expect(ran).toEqual(['promises', 'next event'])
  })

  it('shuffles ties by the seed, never the timers of one process', async () => {
    const order = async (seed: number, timers: boolean) => {
      const scheduler = new Scheduler({ seed, shuffleTies: true })
      const process = scheduler.process('p')
      const ran: number[] = []
      for (let i = 0; i < 8; i++) {
        if (timers) process.schedule(1, () => ran.push(i), 'timer')
        else scheduler.schedule(1, () => ran.push(i), 'arrival', process)
      }
      await scheduler.run()
      return ran.join()
    }
    expect(await order(1, false)).toBe(await order(1, false))
    expect(await order(1, false)).not.toBe(await order(2, false))
    expect(await order(2, true)).toBe('0,1,2,3,4,5,6,7')
  })

  it('stops at a condition and at a limit, and rejects with what an event throws', async () => {
    const scheduler = new Scheduler()
    for (let i = 0; i < 10; i++) scheduler.schedule(i, () => undefined)
    await expect(scheduler.run({ until: () => scheduler.now >= 3 })).resolves.toBe('done')
    expect(scheduler.events).toBe(4)
    await expect(scheduler.run({ limit: 2 })).resolves.toBe('limit')
    expect(scheduler.events).toBe(6)
    scheduler.schedule(0, () => {
      throw new RangeError('broken')
    })
    await expect(scheduler.run()).rejects.toThrow('broken')
  })

  it('advances its clock, with and without events', async () => {
    const scheduler = new Scheduler({ start: 100 })
    let ran = 0
    scheduler.schedule(5, () => ran++)
    scheduler.schedule(50, () => ran++)
    await scheduler.advance(20)
    expect([scheduler.now, ran]).toEqual([120, 1])
    await scheduler.advance(30)
    expect([scheduler.now, ran]).toEqual([150, 2])
  })

  it('takes the same course from the same seed, and another from another', async () => {
    const hashes = [await course(11), await course(11), await course(12)]
    expect(hashes[0]).toBe(hashes[1])
    expect(hashes[0]).not.toBe(hashes[2])
  })
})

/** Three clients that append to a store with every fault; answers all that happened. */
async function course(seed: number): Promise<string> {
  const { scheduler, store, open, records } = storeOf({ seed })
  const outcomes: string[] = []
  const sessions = [await open(scheduler.process('a')), await open(scheduler.process('b')), await open()]
  store.faults = {
    ...store.faults,
    ...{ delay: [1, 9], slow: 0.1, lost: 0.1, answerLost: 0.1, late: 0.1, lateBy: [5, 500], duplicate: 0.2 },
  }
  sessions.forEach(({ log }, client) => {
    for (let i = 0; i < 20; i++) {
      const name = `${client}.${i}`
      log.append(bytes(name), 0).then(
        ({ position }) => outcomes.push(`${name} at ${position}`),
        (error: Error) => outcomes.push(`${name} ${error.name}`),
      )
    }
  })
  await scheduler.run()
  return [scheduler.hash, scheduler.events, ...records(), ...outcomes].join()
}

describe('SimProcess', () => {
  it('never runs anything after a crash', async () => {
    const scheduler = new Scheduler()
    const process = scheduler.process('p')
    const ran: string[] = []
    process.platform.setTimer(5, () => ran.push('timer'))
    void process.platform.clock.sleep(5).then(() => ran.push('sleeper'))
    scheduler.schedule(4, () => process.crash())
    scheduler.schedule(9, () => {
      process.resume()
      process.platform.defer(() => ran.push('deferred'))
    })
    await scheduler.run()
    expect(ran).toEqual([])
  })

  it('runs what it missed when it is resumed, in order and but for what was cancelled', async () => {
    const scheduler = new Scheduler()
    const process = scheduler.process('p')
    const ran: string[] = []
    process.platform.setTimer(5, () => ran.push(`first ${scheduler.now}`))
    process.platform.setTimer(6, () => {
      ran.push('second')
      cancelled.cancel()
    })
    const cancelled = process.platform.setTimer(7, () => ran.push('cancelled'))
    process.pause()
    scheduler.schedule(50, () => process.resume())
    await scheduler.run()
    expect(ran).toEqual(['first 50', 'second'])
  })

  it('has a clock, sleeps that end early, and an identity from the seed', async () => {
    const scheduler = new Scheduler({ start: 10 })
    const { platform } = scheduler.process('p')
    const controller = new AbortController()
    const sleeping = platform.clock.sleep(100, controller.signal)
    scheduler.schedule(5, () => controller.abort(new Error('enough')))
    await scheduler.run()
    await expect(sleeping).rejects.toThrow('enough')
    await expect(platform.clock.sleep(1, controller.signal)).rejects.toThrow('enough')
    expect(platform.clock.now()).toBe(15)
    expect(platform.randomId()).toMatch(/^[\w-]{22}$/)
    expect(new Scheduler().process('p').platform.randomId()).toBe(new Scheduler().process('p').platform.randomId())
    expect(new Scheduler().process('p').platform.randomId()).not.toBe(
      new Scheduler({ seed: 2 }).process('p').platform.randomId(),
    )
  })

  it('can be put ahead, never back', () => {
    const process = new Scheduler().process('p')
    process.skew(3_600_000)
    process.skew(-7_200_000)
    expect(process.now()).toBe(3_600_000)
  })
})

describe('Pump', () => {
  it('runs what is due by itself, and the rest when its clock is moved', async () => {
    const scheduler = new Scheduler()
    const pump = new Pump(scheduler, 'manual')
    const { platform } = scheduler.process('p')
    await platform.clock.sleep(0)
    let woke = false
    const sleeping = platform.clock.sleep(1000).then(() => {
      woke = true
    })
    await pump.advance(999)
    expect([woke, scheduler.now]).toEqual([false, 999])
    await pump.advance(1)
    await sleeping
    expect(scheduler.now).toBe(1000)
    pump.stop()
  })

  it('follows the real clock', async () => {
    const scheduler = new Scheduler()
    const pump = new Pump(scheduler, 'real')
    const begun = performance.now()
    await scheduler.process('p').platform.clock.sleep(20)
    expect(performance.now() - begun).toBeGreaterThan(18)
    pump.stop()
  })
})
