import type { Head } from '@avout/core/backend'
import type { Document } from 'mongodb'
import { COLLECTIONS } from './layout.js'
import type { Store } from './store.js'
import { encodeValue } from './value.js'

/** All statements of a command are one BSON document for the server. */
const COMMAND_BYTES = 8 << 20

/**
 * Shows heads in the view of current values. Each is compared with what is shown in the statement that replaces it, and a
 * deletion stays as a tombstone that the view leaves out: so neither order nor repetition matters.
 */
export async function setCurrent(store: Store, heads: readonly Head[]): Promise<void> {
  let updates: Document[] = []
  let bytes = 0
  for (const head of heads) {
    const encoded = head.value === undefined ? { fields: { deleted: true }, bytes: 0 } : encodeValue(head.value)
    if (updates.length > 0 && bytes + encoded.bytes > COMMAND_BYTES) {
      await send(store, updates)
      updates = []
      bytes = 0
    }
    updates.push(statement(store.realm, head, encoded.fields))
    bytes += encoded.bytes + 1000 + 6 * head.ref.length
  }
  if (updates.length > 0) await send(store, updates)
}

async function send(store: Store, updates: readonly Document[]): Promise<void> {
  const reply = await store.write({ update: COLLECTIONS.heads, ordered: false, updates }, true)
  store.checkReply(reply, 'showing current values')
}

/** Values may look like expressions: `$literal` takes them as they are. */
function statement(realm: string, { ref, version, position }: Head, fields: Document): Document {
  const _id = { realm, ref }
  const newer = { $lt: [{ $ifNull: ['$position', 0] }, position] }
  const head = { $literal: { _id, ...fields, version, position } }
  return { q: { _id }, u: [{ $replaceWith: { $cond: [newer, head, '$$ROOT'] } }], upsert: true }
}
