import type { Data, ValueType } from '../contracts/data.js'
import { toBase64 } from './base64.js'
import { copyData } from './copy-data.js'
import { describe } from './describe.js'
import { mapValueStep, messageOf, propertyStep, Refusal } from './refusal.js'
import { MAX_DEPTH, tagged, tagOf } from './tags.js'

/**
 * One walk over a value. Where the value is plain, the data is the value itself; from a tag, or anything else that JSON
 * would change, up to the root there are copies.
 */
export class Encoder {
  private readonly types: readonly ValueType<unknown>[]
  /** The plain objects and arrays met. They are frozen at the end, so that a refused value stays as it was. */
  private readonly met: object[] = []

  constructor(types: readonly ValueType<unknown>[]) {
    this.types = types
  }

  /** The data of `value`, with everything plain in it frozen. Throws a `Refusal`. */
  encode(value: unknown): Data {
    const data = this.any(value, 0)
    for (const object of this.met) Object.freeze(object)
    return data
  }

  private any(value: unknown, depth: number): Data {
    switch (typeof value) {
      case 'string':
      case 'boolean':
        return value
      case 'number':
        return finite(value)
      case 'object':
        return value === null ? null : this.object(value, depth)
      case 'bigint':
        checkDepth(value, depth)
        return tagged('bigint', value.toString())
      case 'undefined':
        throw new Refusal('undefined is not a value: use null, or leave it out')
      default:
        throw new Refusal(`${describe(value)} is not a value: only data can be stored`)
    }
  }

  private object(value: object, depth: number): Data {
    checkDepth(value, depth)
    switch (Object.getPrototypeOf(value)) {
      case Object.prototype:
      case null:
        return this.plain(value as Record<string, unknown>, depth)
      case Array.prototype:
        return this.list(value as unknown[], depth)
      case Map.prototype:
        return this.map(value as Map<unknown, unknown>, depth)
      case Set.prototype:
        return this.set(value as Set<unknown>, depth)
      case Date.prototype:
        return encodeDate(value as Date)
      case Uint8Array.prototype:
        return tagged('bytes', toBase64(value as Uint8Array))
      default:
        return this.instance(value, depth)
    }
  }

  private plain(value: Record<string, unknown>, depth: number): Data {
    const keys = Object.keys(value)
    refuseHidden(value, keys)
    const looksTagged = tagOf(keys) !== undefined
    if (looksTagged) checkDepth(value, depth + 1)
    const inside = looksTagged ? depth + 2 : depth + 1
    let copy: Record<string, Data> | undefined
    let key = ''
    try {
      for (key of keys) {
        const item = propertyOf(value, key)
        const data = this.any(item, inside)
        if (Object.is(data, item)) continue
        copy ??= { ...value } as Record<string, Data>
        copy[key] = data // an own property already, were it __proto__
      }
    } catch (error) {
      throw Refusal.within(error, value, propertyStep(key))
    }
    this.met.push(value)
    // Kept without a prototype, it would differ from what every other client reads.
    if (Object.getPrototypeOf(value) === null) copy ??= { ...value } as Record<string, Data>
    const data = copy === undefined ? (value as Record<string, Data>) : Object.freeze(copy)
    return looksTagged ? tagged('', data) : data
  }

  private list(value: readonly unknown[], depth: number): Data {
    let copy: Data[] | undefined
    let i = 0
    try {
      for (; i < value.length; i++) {
        const item = value[i]
        if (item === undefined && !(i in value)) throw new Refusal('an array with a hole is not a value: use null')
        const data = this.any(item, depth + 1)
        if (Object.is(data, item)) continue
        copy ??= value.slice() as Data[]
        copy[i] = data
      }
    } catch (error) {
      throw Refusal.within(error, value, `[${i}]`)
    }
    refuseExtras(value)
    this.met.push(value)
    return copy === undefined ? (value as readonly Data[]) : Object.freeze(copy)
  }

  private map(value: ReadonlyMap<unknown, unknown>, depth: number): Data {
    checkDepth(value, value.size === 0 ? depth + 1 : depth + 2)
    const pairs: Data[] = []
    for (const [key, item] of value) {
      const place = pairs.length
      const pair = [
        this.inside(value, key, depth + 3, () => `.keys()[${place}]`),
        this.inside(value, item, depth + 3, () => mapValueStep(key, place)),
      ]
      pairs.push(Object.freeze(pair))
    }
    return tagged('map', Object.freeze(pairs))
  }

  private set(value: ReadonlySet<unknown>, depth: number): Data {
    checkDepth(value, depth + 1)
    const items: Data[] = []
    for (const item of value) items.push(this.inside(value, item, depth + 2, () => `.values()[${items.length}]`))
    return tagged('set', Object.freeze(items))
  }

  private inside(holder: object, item: unknown, depth: number, step: () => string): Data {
    try {
      return this.any(item, depth)
    } catch (error) {
      throw Refusal.within(error, holder, step())
    }
  }

  private instance(value: object, depth: number): Data {
    const type = this.types.find((candidate) => candidate.is(value))
    if (type !== undefined) return tagged(type.tag, encodeInstance(type, value, depth))
    if (isBytes(value)) return tagged('bytes', toBase64(value))
    if (value instanceof Promise) throw new Refusal('a promise is not a value: await it first')
    throw new Refusal(`${describe(value)} is not a value: register a type for it, see the option types`)
  }
}

function checkDepth(value: unknown, depth: number): void {
  if (depth >= MAX_DEPTH) throw Refusal.tooDeep(value)
}

function finite(value: number): number {
  if (value === 0) return 0 // -0 too: JSON has no other
  if (Number.isFinite(value)) return value
  throw new Refusal(`${value} is not a value: JSON has finite numbers only`)
}

function encodeDate(date: Date): Data {
  const ms = date.getTime()
  if (Number.isNaN(ms)) throw new Refusal('an invalid date is not a value')
  return tagged('date', ms)
}

/** A Buffer, or an array of bytes of another realm or subclass: all are read as Uint8Array. */
function isBytes(value: object): value is Uint8Array {
  return ArrayBuffer.isView(value) && Reflect.get(value, Symbol.toStringTag) === 'Uint8Array'
}

function encodeInstance(type: ValueType<unknown>, value: object, depth: number): Data {
  let encoded: unknown
  try {
    encoded = type.encode(value)
  } catch (error) {
    throw new Refusal(`its type "${type.tag}" cannot encode it (${messageOf(error)})`, { cause: error })
  }
  try {
    return copyData(encoded, depth + 1)
  } catch (error) {
    const { path, reason } = Refusal.of(error).explain()
    const where = path === '' ? '' : ` (at ${path} of it)`
    throw new Refusal(`its type "${type.tag}" encodes it to what is not JSON data: ${reason}${where}`, { cause: error })
  }
}

function propertyOf(value: object, key: string): unknown {
  const property = Object.getOwnPropertyDescriptor(value, key)
  if (property === undefined || property.get !== undefined || property.set !== undefined) {
    throw new Refusal('an accessor is not a value: store what it answers')
  }
  return property.value
}

/** What JSON would leave out silently. */
function refuseHidden(value: object, keys: readonly string[]): void {
  if (Object.getOwnPropertyNames(value).length > keys.length) {
    const hidden = Object.getOwnPropertyNames(value).find((name) => !keys.includes(name)) as string
    throw Refusal.within(new Refusal('a property that is not enumerable is not stored'), value, propertyStep(hidden))
  }
  refuseSymbols(value)
}

function refuseExtras(list: readonly unknown[]): void {
  const extra = Object.keys(list)[list.length]
  if (extra !== undefined) {
    throw Refusal.within(new Refusal('a named property of an array is not stored'), list, propertyStep(extra))
  }
  refuseSymbols(list)
}

function refuseSymbols(value: object): void {
  const [symbol] = Object.getOwnPropertySymbols(value)
  if (symbol === undefined) return
  throw Refusal.within(new Refusal('a property named by a symbol is not stored'), value, `[${String(symbol)}]`)
}
