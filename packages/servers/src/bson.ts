/** The part of BSON that administrative commands and what we read of their answers need. */
export type BsonDocument = { readonly [name: string]: BsonValue }
type BsonValue = string | number | boolean | null | undefined | BsonDocument | readonly BsonValue[]

/** Encodes strings, whole numbers below 2^31, booleans, documents and arrays. */
export function encodeBson(document: BsonDocument | readonly BsonValue[]): Buffer {
  const elements = Buffer.concat(Object.entries(document).map(([name, value]) => element(name, value)))
  return Buffer.concat([int32(elements.length + 5), elements, Buffer.from([0])])
}

function element(name: string, value: BsonValue): Buffer {
  const of = (type: number, content: Buffer) => Buffer.concat([Buffer.from([type]), Buffer.from(`${name}\0`), content])
  if (typeof value === 'string')
    return of(2, Buffer.concat([int32(Buffer.byteLength(value) + 1), Buffer.from(`${value}\0`)]))
  if (typeof value === 'number') return of(16, int32(value))
  if (typeof value === 'boolean') return of(8, Buffer.from([Number(value)]))
  if (value === null || value === undefined) return of(10, Buffer.alloc(0))
  return of(Array.isArray(value) ? 4 : 3, encodeBson(value))
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32LE(value)
  return bytes
}

/** Decodes the first level: numbers, strings and booleans; what else is there becomes undefined. */
export function decodeBson(bytes: Buffer): BsonDocument {
  const found: Record<string, BsonValue> = {}
  for (let at = 4; bytes[at] !== undefined && bytes[at] !== 0; ) {
    const type = bytes[at] ?? 0
    const nameEnd = bytes.indexOf(0, at + 1)
    const start = nameEnd + 1
    found[bytes.toString('utf8', at + 1, nameEnd)] = decodeValue(type, bytes, start)
    at = start + lengthOf(type, bytes, start)
  }
  return found
}

function decodeValue(type: number, bytes: Buffer, at: number): BsonValue {
  if (type === 1) return bytes.readDoubleLE(at)
  if (type === 2) return bytes.toString('utf8', at + 4, at + 4 + bytes.readInt32LE(at) - 1)
  if (type === 8) return bytes[at] === 1
  if (type === 16) return bytes.readInt32LE(at)
  return undefined
}

/** How many bytes a value takes, by its type. */
function lengthOf(type: number, bytes: Buffer, at: number): number {
  const fixed = new Map([
    [1, 8],
    [7, 12],
    [8, 1],
    [9, 8],
    [10, 0],
    [16, 4],
    [17, 8],
    [18, 8],
    [19, 16],
  ]).get(type)
  if (fixed !== undefined) return fixed
  if (type === 2) return 4 + bytes.readInt32LE(at)
  if (type === 3 || type === 4) return bytes.readInt32LE(at)
  if (type === 5) return 5 + bytes.readInt32LE(at)
  throw new Error(`BSON of type ${type} is not known here`)
}
