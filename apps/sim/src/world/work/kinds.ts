import type { Client } from '../client.js'
import { ambient } from './ambient.js'
import { ask } from './ask.js'
import { bank, look as lookAtBank } from './bank.js'
import { commute } from './commute.js'
import { doctors } from './doctors.js'
import { look, peek, throwing, update } from './lists.js'
import { local, localSkew } from './local.js'
import { named } from './named.js'
import { gauge, lookAtOperated, operate, stock } from './operate.js'
import { orElse } from './or-else.js'
import { put, take, takeEither } from './queues.js'
import { register } from './registers.js'
import { scan } from './scans.js'
import { runAgent, send } from './sends.js'

/** A call that a client makes, and what it checks on the way. Never rejects. */
export type Work = (client: Client) => Promise<void>

export const WORK = {
  update,
  look,
  peek,
  throw: throwing,
  orElse,
  named,
  bank,
  lookAtBank,
  commute,
  doctors,
  put,
  take,
  takeEither,
  local,
  localSkew,
  register,
  scan,
  ask,
  ambient,
  operate,
  stock,
  gauge,
  lookAtOperated,
  send,
  runAgent,
} satisfies Record<string, Work>

export type WorkKind = keyof typeof WORK
