import type { Data } from './data.js'

/**
 * One mutable value: what an atom rests on.
 *
 * 1. *Register.* `getState` answers the last value set, linearizably; undefined when none was.
 * 2. *Compare and set*, where offered, is atomic: of two with the same `expected` at most one answers true. `undefined`
 *    expects absence. Values are compared deeply, whatever the order of keys.
 * 3. *Watch*, where offered, calls `changed` some time after each change (several may share one call).
 * 4. *Separate*, *equal*, *bounded*: as for versioned values.
 */
export interface StateContainer {
  initStateContainer(): Promise<void>
  destroyStateContainer(): Promise<void>
  getState(): Promise<Data | undefined>
  setState(value: Data): Promise<void>
  compareAndSetState?(expected: Data | undefined, value: Data): Promise<boolean>
  watchState?(changed: () => void): Promise<AsyncDisposable>
}
