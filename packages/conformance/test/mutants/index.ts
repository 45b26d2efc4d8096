import { batches } from './batches.js'
import { counters } from './counter.js'
import { views } from './current.js'
import { engines } from './engine.js'
import * as lock from './lock.js'
import * as log from './log.js'
import type { Mutant } from './mutant.js'
import { states } from './state.js'
import { parts, stores } from './stores.js'
import { together } from './together.js'
import * as versions from './versions.js'

/** Stores that are broken on purpose, each in one way. */
export const MUTANTS: readonly Mutant[] = [
  ...stores,
  ...log.appending,
  ...log.missing,
  ...log.reading,
  ...log.trimming,
  ...log.pushing,
  ...counters,
  ...lock.holding,
  ...lock.waiting,
  ...lock.leasing,
  ...lock.crowding,
  ...lock.restarting,
  ...versions.writing,
  ...versions.values,
  ...versions.separating,
  ...versions.living,
  ...batches,
  ...states,
  ...parts,
  ...together,
  ...views,
  ...engines,
]
