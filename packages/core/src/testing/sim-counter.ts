import type { Counter } from '../contracts/counter.js'
import type { SimLink } from './sim-link.js'

export interface SimCounterState {
  value: number
}

export function simCounter(state: SimCounterState, link: SimLink): Counter {
  return {
    next: (n = 1) =>
      link.call(
        'next',
        () => {
          state.value += n
          return state.value
        },
        { repeatable: true },
      ),
    current: () => link.call('current', () => state.value),
  }
}
