import type { Primitives } from '@avout/core/backend'
import type { Bench } from './bench.js'
import type { Harness } from './harness.js'

/** One thing that a store has to keep. */
export interface Scenario {
  /** Of the form `log/dense`. */
  readonly name: string
  /** What it checks: the contract and the number of the law there, as in `Log 2`. */
  readonly law: string
  run(bench: Bench): Promise<void>
}

/** Scenarios that need something optional, and those of the weaker promise that hold without it. */
export interface Choice {
  readonly has: (offered: Partial<Primitives>, harness: Harness) => boolean
  readonly strong: Suite
  readonly weak: Suite
}

export type Suite = readonly (Scenario | Choice)[]

/** The scenarios that fit what is offered. */
export function select(
  suite: Suite,
  offered: Partial<Primitives>,
  harness: Harness,
): { scenarios: Scenario[]; weaker: Scenario[] } {
  const scenarios: Scenario[] = []
  const weaker: Scenario[] = []
  for (const part of suite) {
    if (!('has' in part)) {
      scenarios.push(part)
      continue
    }
    const strong = part.has(offered, harness)
    const chosen = select(strong ? part.strong : part.weak, offered, harness)
    scenarios.push(...chosen.scenarios)
    weaker.push(...(strong ? chosen.weaker : chosen.scenarios))
  }
  return { scenarios, weaker }
}

/** For a store that lacks a primitive altogether: it lacks it for every client, so no program finds it half there. */
export function absent(primitive: 'log' | 'counter' | 'lock' | 'versions' | 'state'): Scenario {
  return {
    name: `${primitive}/absent`,
    law: 'Session',
    run: async (bench) => {
      for (const client of await bench.clients(2)) bench.equal(client[primitive], undefined, `session.${primitive}`)
    },
  }
}
