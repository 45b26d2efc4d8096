import type { Suite } from '../scenario.js'
import { crowding } from './crowd.js'
import { entering } from './entering.js'
import { holding } from './holding.js'
import { leasing } from './leasing.js'
import { restarting } from './restarting.js'
import { waiting } from './waiting.js'

export const lock: Suite = [...holding, ...entering, ...waiting, ...leasing, ...crowding, ...restarting]
