import type { Suite } from '../scenario.js'
import { comparing } from './comparing.js'
import { registers } from './register.js'
import { watching } from './watching.js'

export const state: Suite = [...registers, ...comparing, ...watching]
