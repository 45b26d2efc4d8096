import type { Evidence } from './audit.js'
import type { Served } from './desk.js'
import type { FileOrder } from './orders-file.js'
import type { Keys } from './state.js'
import type { Located } from './stores/located.js'
import type { Figures } from './tally.js'
import type { Count } from './till.js'

/** What a process with desks is asked, the first time to open. */
export type Ask =
  | { readonly do: 'open'; readonly located: Located; readonly name: string; readonly folder: string }
  | { readonly do: 'drive'; readonly van: number; readonly dock: string }
  | {
      readonly do: 'serve'
      readonly desk: number
      readonly dock: string
      readonly order: FileOrder
      /** A process that died may have begun with it. */
      readonly again: boolean
    }
  | { readonly do: 'opinion'; readonly keys: Keys }
  | { readonly do: 'close' }

/** What it tells. */
export type Tell =
  | { readonly tell: 'served'; readonly desk: number; readonly id: string; readonly end: Served }
  | { readonly tell: 'shipped'; readonly ids: readonly string[] }
  /** A load may have left that it could not tell of. */
  | { readonly tell: 'unheard' }
  | { readonly tell: 'counted'; readonly count: Count }
  /** The van of a dock has ended its day. */
  | { readonly tell: 'home'; readonly dock: string }
  | { readonly tell: 'figures'; readonly more: Figures }
  | { readonly tell: 'opinion'; readonly opinion: Evidence['clients'][number] }
  | { readonly tell: 'failed'; readonly reason: string }
