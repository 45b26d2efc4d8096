import type { Suite } from '../scenario.js'
import { entering } from './entering.js'
import { holding } from './holding.js'
import { leasing } from './leasing.js'
import { waiting } from './waiting.js'

export const lock: Suite = [...holding, ...entering, ...waiting, ...leasing]
