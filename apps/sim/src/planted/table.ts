import type { PlantedBug } from './planted-bug.js'
import { AGENTS } from './table/agents.js'
import { OPERATIONS } from './table/operations.js'
import { READS } from './table/reads.js'
import { RECORDS } from './table/records.js'
import { COMPOSED } from './table/slots.js'
import { VALUES } from './table/values.js'
import { VERDICT } from './table/verdict.js'
import { VIEWS } from './table/views.js'

/** One bug for each rule: what the simulation must notice. */
export const TABLE: readonly PlantedBug[] = [
  ...VERDICT,
  ...VIEWS,
  ...RECORDS,
  ...READS,
  ...VALUES,
  ...OPERATIONS,
  ...COMPOSED,
  ...AGENTS,
]
