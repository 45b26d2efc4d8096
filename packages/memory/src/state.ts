import type { Data, StateContainer } from '@avout/core/backend'
import { checkData, checkFunction } from './check.js'
import { equal } from './equal.js'
import type { Lifetime } from './lifetime.js'
import { Listeners } from './listeners.js'

/** One mutable value; undefined until it is set. */
export class StateData {
  value: Data | undefined
  readonly listeners = new Listeners()

  set(value: Data | undefined): void {
    this.value = value
    this.listeners.announce()
  }
}

export class MemoryState implements StateContainer {
  readonly #data: StateData
  readonly #lifetime: Lifetime

  constructor(data: StateData, lifetime: Lifetime) {
    this.#data = data
    this.#lifetime = lifetime
  }

  async initStateContainer(): Promise<void> {
    this.#lifetime.check()
  }

  async destroyStateContainer(): Promise<void> {
    this.#lifetime.check()
    this.#data.set(undefined)
  }

  async getState(): Promise<Data | undefined> {
    this.#lifetime.check()
    return this.#data.value
  }

  async setState(value: Data): Promise<void> {
    this.#lifetime.check()
    checkData('value', value)
    this.#data.set(value)
  }

  async compareAndSetState(expected: Data | undefined, value: Data): Promise<boolean> {
    this.#lifetime.check()
    checkData('value', value)
    const current = this.#data.value
    const matches = expected === undefined || current === undefined ? expected === current : equal(expected, current)
    if (matches) this.#data.set(value)
    return matches
  }

  async watchState(changed: () => void): Promise<AsyncDisposable> {
    this.#lifetime.check()
    checkFunction('changed', changed)
    return this.#data.listeners.add(changed, this.#lifetime)
  }
}
