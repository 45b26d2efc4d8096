import type { Data } from '../contracts/data.js'

/** Whether two pieces of data are deeply equal. The order of keys does not count: stores may change it. */
export function equalData(a: Data, b: Data): boolean {
  if (a === b) return true
  if (!isComposite(a) || !isComposite(b)) return false
  if (isList(a)) return isList(b) && equalLists(a, b)
  return !isList(b) && equalObjects(a, b)
}

type List = readonly Data[]
type Fields = { readonly [key: string]: Data }

function equalLists(a: List, b: List): boolean {
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i++) {
    if (!equalData(a[i] as Data, b[i] as Data)) return false
  }
  return true
}

function equalObjects(a: Fields, b: Fields): boolean {
  const keys = Object.keys(a)
  if (keys.length !== Object.keys(b).length) return false
  for (const key of keys) {
    if (!Object.hasOwn(b, key) || !equalData(a[key] as Data, b[key] as Data)) return false
  }
  return true
}

function isComposite(data: Data): data is List | Fields {
  return typeof data === 'object' && data !== null
}

function isList(data: List | Fields): data is List {
  return Array.isArray(data)
}
