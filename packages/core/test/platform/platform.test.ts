import { setImmediate as nextTurn } from 'node:timers/promises'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { platform as browser } from '../../src/platform/browser.js'
import { platform as node } from '../../src/platform/node.js'

/** An abort signal that knows who listens. */
function observedSignal() {
  const controller = new AbortController()
  const { signal } = controller
  const listeners = new Set<unknown>()
  const add = signal.addEventListener.bind(signal)
  const remove = signal.removeEventListener.bind(signal)
  signal.addEventListener = (...args: Parameters<typeof add>) => {
    listeners.add(args[1])
    add(...args)
  }
  signal.removeEventListener = (...args: Parameters<typeof remove>) => {
    if (args[0] === 'abort') listeners.delete(args[1])
    remove(...args)
  }
  return { controller, signal, listeners }
}

/** The timers that keep this process alive. */
function timersHeld(): number {
  return process.getActiveResourcesInfo().filter((resource) => resource === 'Timeout').length
}

afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

describe.each([
  ['node', node],
  ['browser', browser],
] as const)('the platform of %s', (_, platform) => {
  it('tells a time that is near the time of day and never goes back', () => {
    expect(Math.abs(platform.clock.now() - Date.now())).toBeLessThan(60_000)
    let last = platform.clock.now()
    for (let i = 0; i < 1_000; i++) {
      const now = platform.clock.now()
      expect(now).toBeGreaterThanOrEqual(last)
      last = now
    }
  })

  it('sleeps as long as asked, and leaves no listener', async () => {
    const { signal, listeners } = observedSignal()
    const before = platform.clock.now()
    const asleep = platform.clock.sleep(20.5, signal)
    expect(listeners.size).toBe(1)
    await asleep
    expect(platform.clock.now() - before).toBeGreaterThanOrEqual(19.5) // the machine's timers count whole milliseconds
    expect(listeners.size).toBe(0)
  })

  it('sleeps without a signal, too', async () => {
    await expect(platform.clock.sleep(1)).resolves.toBeUndefined()
  })

  it('wakes with the reason when its signal aborts', async () => {
    const { controller, signal } = observedSignal()
    const held = timersHeld()
    const reason = new Error('enough')
    const asleep = platform.clock.sleep(1e9, signal)
    expect(timersHeld()).toBe(held + 1)
    controller.abort(reason)
    expect(timersHeld()).toBe(held)
    await expect(asleep).rejects.toBe(reason)
  })

  it('does not fall asleep under a signal that has aborted', async () => {
    const reason = new Error('already')
    await expect(platform.clock.sleep(1e9, AbortSignal.abort(reason))).rejects.toBe(reason)
  })

  it('makes ids of 22 characters that differ', () => {
    const ids = Array.from({ length: 1_000 }, () => platform.randomId())
    expect(new Set(ids).size).toBe(ids.length)
    for (const id of ids) {
      expect(id).toMatch(/^[\w-]{22}$/)
      expect(Buffer.from(id, 'base64url')).toHaveLength(16)
    }
  })

  it('draws from [0, 1)', () => {
    for (let i = 0; i < 100; i++) {
      const drawn = platform.random()
      expect(drawn).toBeGreaterThanOrEqual(0)
      expect(drawn).toBeLessThan(1)
    }
  })

  it('runs what is deferred once every promise that was ready has run, in order', async () => {
    const seen: string[] = []
    await new Promise<void>((resolve) => {
      platform.defer(() => seen.push('first'))
      platform.defer(() => {
        seen.push('second')
        platform.defer(() => {
          seen.push('third')
          resolve()
        })
      })
      let steps = Promise.resolve()
      for (let i = 0; i < 50; i++) steps = steps.then(() => void seen.push('step'))
    })
    expect(seen).toEqual([...Array.from({ length: 50 }, () => 'step'), 'first', 'second', 'third'])
  })

  it('sets timers that can be cancelled', async () => {
    const seen: string[] = []
    const cancelled = platform.setTimer(0, () => seen.push('cancelled'))
    cancelled.cancel()
    await new Promise<void>((resolve) => platform.setTimer(5, resolve))
    expect(seen).toEqual([])
  })

  it('moves a timer aside and back', () => {
    const held = timersHeld()
    const timer = platform.setTimer(1e6, () => undefined)
    expect(timersHeld()).toBe(held + 1)
    timer.unref()
    expect(timersHeld()).toBe(held)
    timer.ref()
    expect(timersHeld()).toBe(held + 1)
    timer.cancel()
    expect(timersHeld()).toBe(held)
  })
})

describe('delays longer than the machine can count', () => {
  const { setTimer } = node
  const DAY = 86_400_000

  it('are waited for in parts', () => {
    vi.useFakeTimers()
    let fired = 0
    setTimer(60 * DAY, () => fired++)
    vi.advanceTimersByTime(60 * DAY - 1)
    expect(fired).toBe(0)
    vi.advanceTimersByTime(1)
    expect(fired).toBe(1)
    vi.advanceTimersByTime(60 * DAY)
    expect(fired).toBe(1)
  })

  it('can be cancelled in any part', () => {
    vi.useFakeTimers()
    const timer = setTimer(60 * DAY, () => expect.unreachable())
    vi.advanceTimersByTime(30 * DAY)
    timer.cancel()
    expect(vi.getTimerCount()).toBe(0)
  })

  it('stay aside in every part', () => {
    const armed: { aside: boolean; fire: () => void }[] = []
    vi.stubGlobal('setTimeout', (fire: () => void) => {
      const handle = { aside: false, fire, unref: () => (handle.aside = true), ref: () => (handle.aside = false) }
      armed.push(handle)
      return handle
    })
    const timer = setTimer(Number.POSITIVE_INFINITY, () => expect.unreachable())
    armed[0]?.fire()
    expect(armed[1]?.aside).toBe(false)
    timer.unref()
    expect(armed[1]?.aside).toBe(true)
    armed[1]?.fire()
    expect(armed[2]?.aside).toBe(true)
    timer.ref()
    expect(armed[2]?.aside).toBe(false)
    armed[2]?.fire()
    expect(armed[3]?.aside).toBe(false)
  })

  it('where timers are mere numbers, moving one aside does nothing', () => {
    const parts: (() => void)[] = []
    vi.stubGlobal('setTimeout', (fire: () => void) => parts.push(fire))
    const timer = setTimer(60 * DAY, () => undefined)
    expect(() => {
      timer.unref()
      parts[0]?.()
      timer.ref()
    }).not.toThrow()
    expect(parts).toHaveLength(2)
  })
})

describe('contexts', () => {
  it('follow what is awaited, and end with their body', async () => {
    const context = node.createContext<string>()
    const inner = await context?.run(
      'outer',
      async () => {
        await nextTurn()
        const nested = await context.run(
          'inner',
          async (argument) => {
            await nextTurn()
            return [argument, context.get()]
          },
          2,
        )
        return [...nested, context.get()]
      },
      1,
    )
    expect(inner).toEqual([2, 'inner', 'outer'])
    expect(context?.get()).toBeUndefined()
  })

  it('do not mix', () => {
    const [a, b] = [node.createContext<number>(), node.createContext<number>()]
    a?.run(
      1,
      () => {
        expect(a.get()).toBe(1)
        expect(b?.get()).toBeUndefined()
      },
      undefined,
    )
  })

  it('are not there in browsers', () => {
    expect(browser.createContext()).toBeUndefined()
  })
})
