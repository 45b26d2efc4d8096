import type { Coordinator } from '@avout/core'
import { memory } from '@avout/memory'

/** A store made ready for one round: `realm` is empty in it, and gone when it is disposed of. */
export interface Store extends AsyncDisposable {
  readonly coordinator: Coordinator
  readonly realm: string
}

/** The stores that Avout can be measured on. One more is one more line here. */
export const backends = {
  memory: async (): Promise<Store> => ({
    coordinator: memory(),
    realm: 'bench',
    [Symbol.asyncDispose]: async () => {},
  }),
}

export type BackendName = keyof typeof backends
