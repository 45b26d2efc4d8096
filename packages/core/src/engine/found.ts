import type { ConnectOptions } from '../api/options.js'
import type { Ingest } from '../commit/ingest.js'
import type { Log } from '../contracts/log.js'
import { usageError } from '../errors.js'
import { encodeRealm } from '../record/encode.js'
import { MAX_WINDOW, type RealmRecord } from '../record/record.js'
import type { Replica } from '../replay/replica.js'

/** W: how many positions back a record may have been built, and how many every client remembers. */
const WINDOW = 2_048

/** Values up to this many bytes of JSON travel in the record. */
const INLINE_LIMIT = 65_536

/**
 * Replays the log up to its tail; founds the realm if nobody has. The first record decides for all: of two that found it at
 * once, the second reads what the first one wrote.
 */
export async function found(
  log: Log,
  ingest: Ingest,
  replica: Replica,
  founding: ConnectOptions['founding'],
): Promise<RealmRecord> {
  checkFounding(founding)
  await ingest.learnTail()
  while (replica.realm === undefined) {
    const record = {
      kind: 'realm',
      window: founding?.window ?? WINDOW,
      inlineLimit: founding?.inlineLimit ?? INLINE_LIMIT,
    } as const
    // An answer that is lost is no matter: a second copy founds nothing.
    const [appended] = await Promise.allSettled([log.append(encodeRealm(record), replica.position)])
    await ingest.learnTail()
    if (replica.realm === undefined && appended.status === 'rejected') throw appended.reason
  }
  checkAgreement(founding, replica.realm)
  return replica.realm
}

function checkFounding(founding: ConnectOptions['founding']): void {
  const { window = WINDOW, inlineLimit = INLINE_LIMIT, ...rest } = founding ?? {}
  const [unknown] = Object.keys(rest)
  if (unknown !== undefined) {
    throw usageError('AVOUT_OPTION', `founding has the unknown option "${unknown}": there are window and inlineLimit`)
  }
  if (!Number.isSafeInteger(window) || window < 1 || window > MAX_WINDOW) {
    throw usageError('AVOUT_OPTION', `founding.window is a number of positions from 1 to ${MAX_WINDOW}`)
  }
  if (!Number.isSafeInteger(inlineLimit) || inlineLimit < 0) {
    throw usageError('AVOUT_OPTION', 'founding.inlineLimit is a number of bytes, 0 or more')
  }
}

function checkAgreement(founding: ConnectOptions['founding'], realm: RealmRecord): void {
  for (const key of ['window', 'inlineLimit'] as const) {
    const wanted = founding?.[key]
    if (wanted !== undefined && wanted !== realm[key]) {
      throw usageError(
        'AVOUT_FOUNDING',
        `this realm was founded with ${key} ${realm[key]}, not ${wanted}: leave the option out, or found another realm`,
      )
    }
  }
}
