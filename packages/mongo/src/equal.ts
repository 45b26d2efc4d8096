import type { Data } from '@avout/core/backend'

type Fields = { readonly [key: string]: Data }

const isFields = (data: Data): data is Fields => typeof data === 'object' && data !== null && !Array.isArray(data)

/** Whether two values are deeply equal, whatever the order of their keys. */
export function equal(a: Data, b: Data): boolean {
  if (a === b) return true
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((item, i) => equal(item, b[i] as Data))
  }
  if (!isFields(a) || !isFields(b)) return false
  const keys = Object.keys(a)
  if (keys.length !== Object.keys(b).length) return false
  return keys.every((key) => Object.hasOwn(b, key) && equal(a[key] as Data, b[key] as Data))
}
