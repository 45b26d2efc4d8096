import type { Suite } from '../scenario.js'
import { counters } from './counters.js'
import { holes } from './holes.js'

/** What a log that is composed of this store's parts has to keep besides the laws of every log. */
export const composed: Suite = [...holes, ...counters]
