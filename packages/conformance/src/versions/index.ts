import type { Suite } from '../scenario.js'
import { batches } from './batches.js'
import { current } from './current.js'
import { living } from './life.js'
import { crowds } from './many.js'
import { separating } from './separate.js'
import { holding } from './values.js'
import { writing } from './write-once.js'

export const versions: Suite = [...writing, ...holding, ...separating, ...living, ...batches, ...crowds, ...current]
