import type { Data, ValueType } from '../contracts/data.js'
import { IncompatibleError, usageError, ValueError } from '../errors.js'
import { Decoder } from './decode.js'
import { Encoder } from './encode.js'
import { Refusal } from './refusal.js'
import { RESERVED_TAGS } from './tags.js'

/** A value as its readers get it: deeply frozen, maps, sets and dates guarded. */
export interface Decoded {
  readonly value: unknown
  /** False: something in `value` can be changed (bytes, instances that are not frozen). It is for one reader alone. */
  readonly shareable: boolean
}

/** A value on its way into the log. */
export interface Encoded extends Decoded {
  /** What the log and stores carry. */
  readonly data: Data
  /** The text of `data`, made when first asked for. */
  readonly json: string
}

/** Between run-time values and what the log carries. */
export interface Codec {
  /**
   * Freezes what is plain in `value`, deeply and for good, and answers what the log carries. A plain value is also what
   * readers get, the very object; any other is decoded from its own data, so that its writer reads what everybody reads.
   * Throws `ValueError` with `ref` and the place for what cannot be carried, and then leaves the value as it was (but for
   * an instance that its own type cannot decode again: then it is frozen already).
   */
  encode(value: unknown, ref: string): Encoded
  /**
   * The value of stored data, whose plain parts it freezes and uses. Where it is not shareable, decode again for each
   * reader. Throws `IncompatibleError` for an unknown tag or malformed data: never half of a value.
   */
  decode(data: Data, ref: string): Decoded
}

/** `types` in the order in which they are asked. Throws a `TypeError` for a tag that is empty, reserved or taken. */
export function createCodec(types: readonly ValueType<unknown>[]): Codec {
  const asked = [...types]
  const byTag = new Map<string, ValueType<unknown>>()
  for (const type of asked) {
    if (RESERVED_TAGS.has(type.tag)) {
      throw usageError('AVOUT_VALUE_TYPE', `types: the tag "${type.tag}" is reserved: choose another`)
    }
    if (byTag.has(type.tag)) throw usageError('AVOUT_VALUE_TYPE', `types: two types have the tag "${type.tag}"`)
    byTag.set(type.tag, type)
  }

  function decode(data: Data): Decoded {
    const decoder = new Decoder(byTag)
    const value = decoder.decode(data)
    return { value, shareable: decoder.shareable }
  }

  return {
    encode(value, ref) {
      if (isScalar(value)) return new EncodedValue(value, value, true)
      try {
        const data = new Encoder(asked).encode(value)
        if (Object.is(data, value)) return new EncodedValue(data, data, true)
        const decoded = decode(data)
        return new EncodedValue(data, decoded.value, decoded.shareable)
      } catch (error) {
        const refusal = Refusal.of(error)
        const { path, reason } = refusal.explain()
        throw new ValueError(message(ref, path, reason), ref, path, causeOf(refusal))
      }
    },
    decode(data, ref) {
      if (isScalar(data)) return { value: data, shareable: true }
      try {
        return decode(data)
      } catch (error) {
        const refusal = Refusal.of(error)
        const { path, reason } = refusal.explain()
        throw new IncompatibleError(`what is stored cannot be read: ${message(ref, path, reason)}`, causeOf(refusal))
      }
    },
  }
}

/** What is the same in a program and in JSON. The hot path: it needs no walk. */
function isScalar(value: unknown): value is null | boolean | number | string {
  if (typeof value === 'number') return Number.isFinite(value) && !Object.is(value, -0)
  return typeof value === 'string' || typeof value === 'boolean' || value === null
}

class EncodedValue implements Encoded {
  readonly data: Data
  readonly value: unknown
  readonly shareable: boolean
  private text: string | undefined

  constructor(data: Data, value: unknown, shareable: boolean) {
    this.data = data
    this.value = value
    this.shareable = shareable
  }

  get json(): string {
    this.text ??= typeof this.data === 'number' ? String(this.data) : JSON.stringify(this.data)
    return this.text
  }
}

function message(ref: string, path: string, reason: string): string {
  return path === '' ? `${ref}: ${reason}` : `${ref} at ${path}: ${reason}`
}

function causeOf({ cause }: Refusal): ErrorOptions {
  return cause === undefined ? {} : { cause }
}
