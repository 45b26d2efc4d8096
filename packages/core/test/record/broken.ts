import { decodeRecord } from '../../src/record/decode.js'
import type { LogRecord } from '../../src/record/record.js'
import { RefStates } from '../../src/state/ref-state.js'
import { CLIENT } from './arbitraries.js'

/** A sound record with all that a record may have, as the JSON that it is. */
export const valid = () => ({
  f: 1,
  c: CLIENT,
  n: 1,
  s: 5,
  h: 'hash',
  a: 'till é',
  t: [
    [
      7,
      ['/a', '.1.0'],
      [
        ['/b', 0, '*.1.0', 0, { any: ['thing'] }],
        ['/c', 1, '', 2, 0, 0],
        ['/d', 1, 'other.1.0', 0, 0, 1],
      ],
      {
        l: 'pay',
        g: ['/lock', '.1.0'],
        r: [['/a', '/b', '']],
        o: [
          ['/n', 0, 1, 0, 5, ['max', 0, 1], ['add', 0, [1, null, 9]]],
          ['/list', 1, 1, [], null, ['append', 0, ['x']], ['shop/sort', 2, { by: 'n' }]],
        ],
        q: [['/agent', 'post', 'x']],
      },
    ],
  ] as unknown[],
  b: ['pg', 'mem'],
})

export const bytesOf = (json: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(json))

export const decoded = (json: unknown): LogRecord => decodeRecord(bytesOf(json), new RefStates())

/** A copy of `json` with `value` at a path. */
export function withAt(json: unknown, [key, ...rest]: readonly (string | number)[], value: unknown): unknown {
  if (key === undefined) return value
  const copy = (Array.isArray(json) ? [...json] : { ...(json as object) }) as Record<string | number, unknown>
  copy[key] = withAt(copy[key], rest, value)
  return copy
}
