/** A unique token: no two appends of a history share one. */
export type Element = number

/** A step of a transaction on lists that only grow: what a read answers then tells everything that came before it. */
export type Step =
  | {
      readonly f: 'append'
      readonly key: string
      readonly element: Element
      /** Commuted: it goes onto whatever is there at the commit, and expects nothing of what its transaction saw. */
      readonly blind?: boolean
    }
  | {
      readonly f: 'read'
      readonly key: string
      readonly list: readonly Element[]
      /** Under snapshot isolation: validated at the commit all the same. */
      readonly ensured?: boolean
    }

/** `index` orders all that happened; `at` is when, in milliseconds, and never falls as `index` grows. */
export interface Moment {
  readonly index: number
  readonly at: number
}

/** A transaction as its caller saw it. */
export interface Op {
  /** Its place in the history. */
  readonly id: number
  /** What messages call it: T and its id, if absent. */
  readonly name?: string
  /** Who asked: a session never sees time go back. */
  readonly client: number
  /** `threw`: its body failed after these steps, so its reads hold and its appends must not. `info`: nobody knows. */
  readonly outcome: 'ok' | 'threw' | 'failed' | 'info'
  readonly isolation: 'serializable' | 'snapshot'
  /** A read that may be so many milliseconds old. */
  readonly staleness?: number | undefined
  readonly invoked: Moment
  /** Undefined where it never ended. */
  readonly ended?: Moment | undefined
  readonly steps: readonly Step[]
}

export interface Anomaly {
  /** After Adya, Elle and Cerone: G0, G1a, G1b, G1c, G-single, G-nonadjacent, G2-item, each cycle also `-realtime`; and others. */
  readonly name: string
  readonly message: string
}

export const nameOf = ({ name, id }: Op): string => name ?? `T${id}`
