import type { Clock } from '@avout/core/backend'
import type { Keys } from './keys.js'
import type { Lifetime } from './lifetime.js'
import type { Link } from './link.js'
import type { Messages } from './messages.js'
import type { Wakes } from './wakes.js'

/** What a session's primitives work with: the connections of its realm are shared with other sessions, the lifetime is its own. */
export interface Realm {
  readonly keys: Keys
  readonly link: Link
  readonly messages: Messages
  readonly wakes: Wakes
  readonly lifetime: Lifetime
  readonly clock: Clock
}
