import { ValueError } from '@avout/core'
import type { Data } from '@avout/core/backend'
import { MOST } from './limits.js'

/** A value as the text that its node holds, for people to read. All that JSON has comes back equal. */
export function textOf(value: Data, ref = ''): Buffer {
  const text = Buffer.from(JSON.stringify(value))
  if (text.length > MOST) {
    throw new ValueError(`ZooKeeper holds values up to ${MOST} bytes of JSON, not ${text.length}`, ref, '')
  }
  return text
}

export const parse = (data: Uint8Array): Data =>
  JSON.parse(Buffer.from(data.buffer, data.byteOffset, data.length).toString())

/** As `textOf` would throw, but most values are so small that they need not be written for that. */
export function checkSize(value: Data): void {
  if (atMost(value) > MOST) textOf(value)
}

/** What a value takes at most: six bytes for each unit of its texts, if all of them have to be escaped. */
function atMost(value: Data): number {
  if (typeof value === 'string') return 6 * value.length + 2
  if (typeof value !== 'object' || value === null) return 24
  let sum = 2
  if (Array.isArray(value)) for (const item of value) sum += atMost(item) + 1
  else for (const [key, field] of Object.entries(value)) sum += 6 * key.length + 4 + atMost(field)
  return sum
}
