import type { Suite } from '../scenario.js'
import { appending } from './append.js'
import { keeping } from './keeping.js'
import { missing } from './missed.js'
import { ordering } from './order.js'
import { pushing } from './pushing.js'
import { reading } from './reading.js'
import { together } from './together.js'
import { trimming } from './trimming.js'

export const log: Suite = [
  ...appending,
  ...ordering,
  ...missing,
  ...reading,
  ...trimming,
  ...pushing,
  ...keeping,
  ...together,
]
