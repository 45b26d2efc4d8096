import type { Data, ValueType } from '../contracts/data.js'
import { fromBase64 } from './base64.js'
import { copyData } from './copy-data.js'
import { describe } from './describe.js'
import { guardDate, guardMap, guardSet } from './guard.js'
import { mapValueStep, messageOf, propertyStep, Refusal } from './refusal.js'
import { MAX_DEPTH, tagOf } from './tags.js'

type Types = ReadonlyMap<string, ValueType<unknown>>
type Fields = { readonly [key: string]: Data }

/** One walk over data. Data that is plain is frozen and is the value; from a tag up to the root there are copies. */
export class Decoder {
  /** Whether all that was decoded is safe from its readers; otherwise each needs a copy of its own. */
  shareable = true
  private readonly types: Types

  constructor(types: Types) {
    this.types = types
  }

  /** The value of `data`. Throws a `Refusal`. */
  decode(data: Data): unknown {
    return this.any(data, 0)
  }

  private any(data: Data, depth: number): unknown {
    if (typeof data === 'object') return data === null ? null : this.object(data, depth)
    if (typeof data === 'string' || typeof data === 'boolean') return data
    if (Number.isFinite(data)) return data === 0 ? 0 : data
    throw new Refusal(`${describe(data)} is not JSON data`)
  }

  private object(data: readonly Data[] | Fields, depth: number): unknown {
    if (depth >= MAX_DEPTH) throw Refusal.tooDeep(data)
    if (Array.isArray(data)) return this.list(data, depth)
    const prototype: unknown = Object.getPrototypeOf(data)
    if (prototype !== Object.prototype && prototype !== null) throw new Refusal(`${describe(data)} is not JSON data`)
    const fields = data as Fields
    const keys = Object.keys(fields)
    const tag = tagOf(keys)
    if (tag !== undefined) return this.tagged(tag, fields[`~${tag}`] as Data, depth)
    return this.plain(fields, keys, depth)
  }

  private plain(data: Fields, keys: readonly string[], depth: number): unknown {
    let copy: Record<string, unknown> | undefined = Object.getPrototypeOf(data) === null ? { ...data } : undefined
    let key = ''
    try {
      for (key of keys) {
        const item = data[key] as Data
        const value = this.any(item, depth + 1)
        if (Object.is(value, item)) continue
        copy ??= { ...data }
        copy[key] = value // an own property already, were it __proto__
      }
    } catch (error) {
      throw Refusal.within(error, data, propertyStep(key))
    }
    return Object.freeze(copy ?? data)
  }

  private list(data: readonly Data[], depth: number): unknown {
    let copy: unknown[] | undefined
    let i = 0
    try {
      for (; i < data.length; i++) {
        const item = data[i] as Data
        const value = this.any(item, depth + 1)
        if (Object.is(value, item)) continue
        copy ??= data.slice()
        copy[i] = value
      }
    } catch (error) {
      throw Refusal.within(error, data, `[${i}]`)
    }
    return Object.freeze(copy ?? data)
  }

  private tagged(tag: string, body: Data, depth: number): unknown {
    switch (tag) {
      case '':
        return this.escaped(body, depth + 1)
      case 'date':
        return decodeDate(body)
      case 'bigint':
        return decodeBigint(body)
      case 'bytes':
        this.shareable = false
        return decodeBytes(body)
      case 'map':
        return this.map(body, depth + 1)
      case 'set':
        return this.set(body, depth + 1)
      default:
        return this.instance(tag, body, depth + 1)
    }
  }

  /** A plain object that only looks tagged. */
  private escaped(body: Data, depth: number): unknown {
    const fields = isObject(body) ? body : malformed('')
    const keys = Object.keys(fields)
    if (tagOf(keys) === undefined) malformed('')
    if (depth >= MAX_DEPTH) throw Refusal.tooDeep(body)
    return this.plain(fields, keys, depth)
  }

  private map(body: Data, depth: number): unknown {
    const pairs = isList(body) ? body : malformed('map')
    if (depth + (pairs.length === 0 ? 0 : 1) >= MAX_DEPTH) throw Refusal.tooDeep(body)
    const map = new Map<unknown, unknown>()
    for (const pair of pairs) {
      const [key, item] = isList(pair) && pair.length === 2 ? (pair as readonly [Data, Data]) : malformed('map')
      const place = map.size
      const decoded = this.inside(body, key, depth + 2, () => `.keys()[${place}]`)
      map.set(
        decoded,
        this.inside(body, item, depth + 2, () => mapValueStep(key, place)),
      )
    }
    return map.size === pairs.length ? guardMap(map) : malformed('map')
  }

  private set(body: Data, depth: number): unknown {
    const items = isList(body) ? body : malformed('set')
    if (depth >= MAX_DEPTH) throw Refusal.tooDeep(body)
    const set = new Set<unknown>()
    for (const item of items) {
      set.add(this.inside(body, item, depth + 1, () => `.values()[${set.size}]`))
    }
    return set.size === items.length ? guardSet(set) : malformed('set')
  }

  private inside(holder: Data, item: Data, depth: number, step: () => string): unknown {
    try {
      return this.any(item, depth)
    } catch (error) {
      throw Refusal.within(error, holder, step())
    }
  }

  private instance(tag: string, body: Data, depth: number): unknown {
    const type = this.types.get(tag)
    if (type === undefined) {
      throw new Refusal(`its type "${tag}" is not known here: register it, see the option types of connect`)
    }
    const data = copyData(body, depth)
    try {
      const value = type.decode(data)
      if (!Object.isFrozen(value)) this.shareable = false
      return value
    } catch (error) {
      throw new Refusal(`its type "${tag}" cannot decode it (${messageOf(error)})`, { cause: error })
    }
  }
}

/** The largest distance from 1970 that a date can have, in milliseconds. */
const LAST_DATE = 8.64e15

function decodeDate(body: Data): Date {
  const valid = typeof body === 'number' && Number.isInteger(body) && Math.abs(body) <= LAST_DATE
  return guardDate(new Date(valid ? body : malformed('date')))
}

function decodeBigint(body: Data): bigint {
  if (typeof body !== 'string' || !/^(?:0|-?[1-9]\d*)$/.test(body)) return malformed('bigint')
  return BigInt(body)
}

function decodeBytes(body: Data): Uint8Array {
  return (typeof body === 'string' ? fromBase64(body) : undefined) ?? malformed('bytes')
}

function malformed(tag: string): never {
  throw new Refusal(`"~${tag}" does not hold what it should`)
}

function isObject(data: Data): data is Fields {
  return typeof data === 'object' && data !== null && !isList(data)
}

function isList(data: Data): data is readonly Data[] {
  return Array.isArray(data)
}
