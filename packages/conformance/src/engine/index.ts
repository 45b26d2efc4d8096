import type { Suite } from '../scenario.js'
import { agreeing } from './agreeing.js'
import { contending } from './contending.js'
import { counting } from './counting.js'
import { failing } from './failing.js'
import { recording } from './histories.js'
import { asGuest, withGuest } from './homes.js'
import { locking } from './locking.js'
import { operating } from './operating.js'
import { sending } from './sending.js'
import { sharing } from './sharing.js'
import { storing } from './stored.js'
import { viewing } from './view.js'
import { watching } from './watching.js'

const onlyWithValues = (suite: Suite): Suite => [
  { has: ({ versions }) => versions !== undefined, strong: suite, weak: [] },
]

/** Several clients of the real engine, with the store as their coordinator. */
export const engine: Suite = [
  ...counting,
  ...recording,
  ...agreeing,
  ...watching,
  ...failing,
  ...contending,
  ...sharing,
  ...locking,
  ...operating,
  ...sending,
  ...onlyWithValues([...storing, ...withGuest, ...viewing]),
]

/** The same of values alone, in the store that is examined; another one coordinates. */
export const home: Suite = [...storing, ...viewing, ...asGuest]
