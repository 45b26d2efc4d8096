import { setImmediate as nextTurn } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { platform as browser } from '../../src/platform/browser.js'
import { platform as node } from '../../src/platform/node.js'

/** An abort signal that counts who listens. */
function countingSignal() {
  const controller = new AbortController()
  const { signal } = controller
  let listeners = 0
  const add = signal.addEventListener.bind(signal)
  const remove = signal.removeEventListener.bind(signal)
  signal.addEventListener = (...args: Parameters<typeof add>) => {
    listeners++
    add(...args)
  }
  signal.removeEventListener = (...args: Parameters<typeof remove>) => {
    listeners--
    remove(...args)
  }
  return { controller, signal, listeners: () => listeners }
}

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
    const { signal, listeners } = countingSignal()
    const before = platform.clock.now()
    await platform.clock.sleep(20.5, signal)
    expect(platform.clock.now() - before).toBeGreaterThanOrEqual(19.5) // the machine's timers count whole milliseconds
    expect(listeners()).toBe(0)
  })

  it('wakes with the reason when its signal aborts', async () => {
    const { controller, signal } = countingSignal()
    const reason = new Error('enough')
    const asleep = platform.clock.sleep(1e9, signal)
    controller.abort(reason)
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

  it.each([2 ** 31, 1e15, Number.POSITIVE_INFINITY])('does not fire at once for a delay of %d ms', async (ms) => {
    let fired = false
    const timer = platform.setTimer(ms, () => {
      fired = true
    })
    await new Promise<void>((resolve) => platform.setTimer(5, resolve))
    timer.cancel()
    expect(fired).toBe(false)
  })
})

describe('contexts', () => {
  it('follow what is awaited, and end with their body', async () => {
    const context = node.createContext<string>()
    const inner = await context?.run('outer', async () => {
      await nextTurn()
      const nested = await context.run('inner', async () => {
        await nextTurn()
        return context.get()
      })
      return [nested, context.get()]
    })
    expect(inner).toEqual(['inner', 'outer'])
    expect(context?.get()).toBeUndefined()
  })

  it('do not mix', () => {
    const [a, b] = [node.createContext<number>(), node.createContext<number>()]
    a?.run(1, () => {
      expect(a.get()).toBe(1)
      expect(b?.get()).toBeUndefined()
    })
  })

  it('are not there in browsers', () => {
    expect(browser.createContext()).toBeUndefined()
  })
})
