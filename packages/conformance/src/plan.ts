import { composeLog } from '@avout/core'
import type { Primitives } from '@avout/core/backend'
import { openClient } from './client.js'
import { composed } from './composed/index.js'
import { partsOf } from './composed/parts.js'
import { counter } from './counter/index.js'
import type { Harness } from './harness.js'
import { lock } from './lock/index.js'
import { log } from './log/index.js'
import { absent, type Scenario, type Suite, select } from './scenario.js'
import { session } from './session/index.js'
import { state } from './state/index.js'
import { versions } from './versions/index.js'

/** A scenario, and what it runs against. */
export interface Planned {
  readonly scenario: Scenario
  readonly harness: Harness
}

export interface Plan {
  readonly planned: readonly Planned[]
  /** The names of the scenarios that stand in for stronger ones. */
  readonly weaker: readonly string[]
}

const offered = (primitive: keyof Primitives, strong: Suite): Suite => [
  { has: (client) => client[primitive] !== undefined, strong, weak: [absent(primitive)] },
]

const native: Suite = [
  ...session,
  ...offered('log', log),
  ...offered('counter', counter),
  ...offered('lock', lock),
  ...offered('versions', versions),
  ...offered('state', state),
]

/** What there is to check: what the first session offers decides. Where it offers the parts of a log, one is composed of them. */
export async function planFor(harness: Harness, realm: string): Promise<Plan> {
  const own = await choose(harness, realm, native)
  if (!own.composable) return own
  const onParts: Harness = {
    ...harness,
    open: () => {
      const parts = partsOf(harness.open())
      return composeLog({ counter: parts, slots: parts })
    },
  }
  // Where the parts are too broken to be opened as a log, every law of a log says so.
  const laws = await choose(onParts, realm, log, asComposed).catch(() => asPlanned(onParts, {}, log, asComposed))
  const besides = await choose(harness, realm, composed)
  return {
    planned: [...own.planned, ...laws.planned, ...besides.planned],
    weaker: [...own.weaker, ...laws.weaker],
  }
}

const same = (scenario: Scenario): Scenario => scenario
const asComposed = (scenario: Scenario): Scenario => ({ ...scenario, name: scenario.name.replace(/^log/, 'composed') })

async function choose(harness: Harness, realm: string, suite: Suite, rename = same) {
  const client = await openClient(harness.open(), realm)
  try {
    return asPlanned(harness, client, suite, rename)
  } finally {
    await client.close()
  }
}

function asPlanned(harness: Harness, client: Partial<Primitives>, suite: Suite, rename = same) {
  const { scenarios, weaker } = select(suite, client)
  return {
    planned: scenarios.map((scenario) => ({ scenario: rename(scenario), harness })),
    weaker: weaker.map((scenario) => rename(scenario).name),
    composable: client.counter !== undefined && client.versions !== undefined,
  }
}
