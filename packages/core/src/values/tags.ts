/*
 * Values beyond JSON are tagged: an object whose only key begins with `~`. { "~date": 0 }, { "~map": [[key, value], …] },
 * { "~set": [value, …] }, { "~bigint": "1" }, { "~bytes": base64 }, and by the tags of the user's types { "~money": data }.
 * A plain object that happens to look like one is wrapped: { "~": { "~date": 0 } }.
 */

/** Arrays and objects around a value, as stored (a map is three levels of them). Some stores hold no deeper documents. */
export const MAX_DEPTH = 128

const TILDE = 126

/** The tags that are not for users' types. */
export const RESERVED_TAGS: ReadonlySet<string> = new Set(['', 'date', 'map', 'set', 'bigint', 'bytes'])

/** The tag that an object with these keys bears; undefined for one that is what it seems. */
export function tagOf(keys: readonly string[]): string | undefined {
  const key = keys.length === 1 ? keys[0] : undefined
  return key?.charCodeAt(0) === TILDE ? key.slice(1) : undefined
}

export function tagged<T>(tag: string, body: T): Readonly<Record<string, T>> {
  return Object.freeze({ [`~${tag}`]: body })
}
