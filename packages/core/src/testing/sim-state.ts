import type { Data } from '../contracts/data.js'
import type { StateContainer } from '../contracts/state.js'
import type { SimLink } from './sim-link.js'

/** One register: its value as canonical JSON, so that equal values have equal texts whatever the order of their keys. */
export class SimRegister {
  json: string | undefined
  readonly watchers = new Set<() => void>()

  set(json: string | undefined): void {
    this.json = json
    for (const changed of this.watchers) changed()
  }
}

export function simState(register: SimRegister, link: SimLink): StateContainer {
  return {
    initStateContainer: () => link.call('init', () => undefined),
    destroyStateContainer: () => link.call('destroy', () => register.set(undefined)),
    getState: () =>
      link.call('get state', () => (register.json === undefined ? undefined : (JSON.parse(register.json) as Data))),
    setState: async (value) => {
      const json = canonical(value)
      await link.call('set state', () => register.set(json))
    },
    compareAndSetState: async (expected, value) => {
      const before = expected === undefined ? undefined : canonical(expected)
      const after = canonical(value)
      return await link.call('compare and set', () => {
        if (register.json !== before) return false
        register.set(after)
        return true
      })
    },
    watchState: async (changed) => {
      const push = () => link.push('changed', changed)
      await link.call('watch', () => {
        register.watchers.add(push)
      })
      return {
        [Symbol.asyncDispose]: async () => {
          register.watchers.delete(push)
        },
      }
    },
  }
}

function canonical(value: Data): string {
  return JSON.stringify(value, (_key, inner: Data) => {
    if (typeof inner !== 'object' || inner === null || Array.isArray(inner)) return inner
    return Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
  })
}
