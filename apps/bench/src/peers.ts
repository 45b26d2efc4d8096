import { effect, effectUpdate } from './systems/effect.js'
import type { System } from './systems/system.js'

/** What Avout can be measured against. One more is one more line here. */
export const peers = {
  effect,
  'effect-update': effectUpdate,
} as const satisfies Record<string, System>

export type PeerName = keyof typeof peers
