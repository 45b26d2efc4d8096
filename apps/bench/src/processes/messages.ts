import type { Share } from '../load.js'
import type { Setup } from '../setup.js'
import type { Workload } from '../workload.js'

/** What the first process asks the others for, one thing at a time. `system` is a place in the list that `setup` makes. */
export type Ask =
  | { readonly do: 'set up'; readonly setup: Setup }
  /** Fresh accounts. Answers with their place. */
  | { readonly do: 'open'; readonly system: number; readonly workload: Workload }
  | { readonly do: 'join'; readonly system: number; readonly workload: Workload; readonly place: string }
  | {
      readonly do: 'run'
      readonly workload: Workload
      readonly ms: number
      readonly firstLoop: number
      readonly most: number
    }
  /** Garbage, so that the next round does not pay for it. */
  | { readonly do: 'collect' }
  | { readonly do: 'balances' }
  | { readonly do: 'close' }

/** By what was asked. */
export interface Answers {
  'set up': undefined
  open: string
  join: undefined
  run: Share
  collect: undefined
  balances: readonly number[]
  close: undefined
}

export type Reply = { readonly answer: Answers[keyof Answers] } | { readonly error: string }
