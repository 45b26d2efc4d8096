import type { Op, Step } from '../../../src/history/index.js'

export type Plan = Partial<Omit<Op, 'id' | 'steps' | 'invoked' | 'ended'>> & {
  readonly steps: readonly Step[]
  /** Milliseconds, also the order of events. In turn, one after the other, if absent. */
  readonly from?: number
  readonly to?: number
}

/** A history from what matters in it. */
export function historyOf(...plans: readonly Plan[]): Op[] {
  return plans.map(({ steps, from, to, ...rest }, id) => {
    const begins = from ?? 10 * id
    const ends = to ?? begins + 5
    return {
      id,
      client: id,
      outcome: 'ok',
      isolation: 'serializable',
      invoked: { at: begins, index: begins },
      ended: rest.outcome === 'info' ? undefined : { at: ends, index: ends },
      steps,
      ...rest,
    }
  })
}

export const append = (key: string, element: number): Step => ({ f: 'append', key, element })
export const read = (key: string, ...list: number[]): Step => ({ f: 'read', key, list })
export const ensured = (key: string, ...list: number[]): Step => ({ f: 'read', key, list, ensured: true })
