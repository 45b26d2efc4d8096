import type { Data } from '../contracts/data.js'
import { describe } from './describe.js'
import { propertyStep, Refusal } from './refusal.js'
import { MAX_DEPTH } from './tags.js'

/** A frozen deep copy of `data`, which stands `depth` levels deep. Refuses what is not data, whatever its type says. */
export function copyData(data: unknown, depth: number): Data {
  if (data === null || typeof data === 'string' || typeof data === 'boolean') return data
  if (typeof data === 'number' && Number.isFinite(data)) return data === 0 ? 0 : data
  if (typeof data !== 'object') throw new Refusal(`${describe(data)} is not JSON data`)
  if (depth >= MAX_DEPTH) throw Refusal.tooDeep(data)
  if (Array.isArray(data)) return copyList(data, depth)
  const prototype: unknown = Object.getPrototypeOf(data)
  if (prototype === Object.prototype || prototype === null) return copyObject(data, depth)
  throw new Refusal(`${describe(data)} is not JSON data`)
}

function copyList(list: readonly unknown[], depth: number): Data {
  const copy: Data[] = []
  try {
    for (const item of list) copy.push(copyData(item, depth + 1))
  } catch (error) {
    throw Refusal.within(error, list, `[${copy.length}]`)
  }
  return Object.freeze(copy)
}

function copyObject(fields: object, depth: number): Data {
  const entries: [key: string, data: Data][] = []
  for (const [key, item] of Object.entries(fields)) {
    try {
      entries.push([key, copyData(item, depth + 1)])
    } catch (error) {
      throw Refusal.within(error, fields, propertyStep(key))
    }
  }
  return Object.freeze(Object.fromEntries(entries))
}
