import { composeLog } from '@avout/core'
import type { Primitives } from '@avout/core/backend'
import { type Client, openClient } from './client.js'
import { composed } from './composed/index.js'
import { partsOf } from './composed/parts.js'
import { counter } from './counter/index.js'
import { engine, home } from './engine/index.js'
import type { Harness } from './harness.js'
import { lock } from './lock/index.js'
import { log } from './log/index.js'
import { absent, type Scenario, type Suite, select } from './scenario.js'
import { session } from './session/index.js'
import { asHome, onItsLog, onItsParts, reopened, type Stage } from './stage.js'
import { state } from './state/index.js'
import { versions } from './versions/index.js'

/** A scenario, and what it runs against. */
export interface Planned {
  readonly scenario: Scenario
  readonly harness: Stage
}

export interface Plan extends Part {
  /** Of all scenarios that fit, also of those that are not run. */
  readonly names: readonly string[]
}

interface Part {
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

/**
 * What there is to check: what the first session offers decides. Where it offers the parts of a log, one is composed of them; and
 * on every log that there is, and with every home of values, clients of the engine are run.
 */
export async function planFor(harness: Harness, realm: string, only = /^/): Promise<Plan> {
  const client = await openClient(harness.open(), realm)
  const { log: ownLog, counter: ownCounter, versions: ownVersions } = client
  const plans = [planOn(harness, client, native)]
  await client.close()
  const composable = ownCounter !== undefined && ownVersions !== undefined
  if (composable) plans.push(await onComposed(harness, realm), planOn(harness, client, composed))
  if (ownLog !== undefined) plans.push(planOn(onItsLog(harness, client), client, engine))
  if (composable) plans.push(planOn(onItsParts(harness), client, engine, as('engine', 'composed-engine')))
  if (ownVersions !== undefined) plans.push(planOn(asHome(harness), client, home, as('engine', 'home')))
  return {
    names: plans.flatMap(({ planned }) => planned.map(({ scenario }) => scenario.name)),
    planned: plans.flatMap(({ planned }) => planned).filter(({ scenario }) => only.test(scenario.name)),
    weaker: plans.flatMap(({ weaker }) => weaker).filter((name) => only.test(name)),
  }
}

/** The laws of a log, on one that is composed of the store's parts. */
async function onComposed(harness: Harness, realm: string): Promise<Part> {
  const stage = reopened(harness, () => {
    const parts = partsOf(harness.open())
    return composeLog({ counter: parts, slots: parts })
  })
  // Where the parts are too broken to be opened as a log, every law of a log says so.
  const [opened] = await Promise.allSettled([openClient(stage.open(), realm)])
  const client = opened.status === 'fulfilled' ? opened.value : undefined
  const plan = planOn(stage, client ?? {}, log, as('log', 'composed'))
  await client?.close()
  return plan
}

const as =
  (suite: string, name: string) =>
  (scenario: Scenario): Scenario => ({
    ...scenario,
    name: scenario.name.replace(new RegExp(`^${suite}(?=/)`), name),
  })

function planOn(stage: Stage, client: Partial<Client>, suite: Suite, rename = (scenario: Scenario) => scenario): Part {
  const { scenarios, weaker } = select(suite, client, stage)
  return {
    planned: scenarios.map((scenario) => ({ scenario: rename(scenario), harness: stage })),
    weaker: weaker.map((scenario) => rename(scenario).name),
  }
}
