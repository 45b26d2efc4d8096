import type { Avout } from '../../src/index.js'
import { inspect } from '../../src/testing/index.js'

interface Fields {
  f: unknown
  c: unknown
  n: unknown
  s: unknown
  h: unknown
  b: unknown
  t: unknown
}

/** A record that sets /n to 5, as a client might have sent it now. */
export function record(avout: Avout, change: (fields: Fields) => object | undefined = () => undefined): string {
  const { position: s, hash: h } = inspect(avout)
  const fields: Fields = { f: 1, c: 'somebody', n: 1, s, h, b: ['sim'], t: [[1, [], [['/n', 0, '', 1, 5]]]] }
  return JSON.stringify(change(fields) ?? fields)
}

export const write = (...parts: unknown[]) => [[1, [], [parts]]]

/** What is no record of ours, or no sound one. */
export const broken: Record<string, (avout: Avout) => string | Uint8Array> = {
  nothing: () => new Uint8Array(),
  'half of one': (avout) => record(avout).slice(0, -5),
  'bytes that are no text': () => new Uint8Array([0x7b, 0xff, 0xfe, 0x7d]),
  'text that is no JSON': () => 'garbage',
  'a number': () => '5',
  'an array': () => '[]',
  null: () => 'null',
  'an empty object': () => '{}',
  'format 0': (avout) => record(avout, (r) => ({ ...r, f: 0 })),
  'a format that is text': (avout) => record(avout, (r) => ({ ...r, f: '1' })),
  'a format and a half': (avout) => record(avout, (r) => ({ ...r, f: 1.5 })),
  'a kind that is no text': (avout) => record(avout, (r) => ({ ...r, k: 5 })),
  'no client': (avout) => record(avout, (r) => ({ ...r, c: '' })),
  'a client that is a number': (avout) => record(avout, (r) => ({ ...r, c: 5 })),
  'a number that is text': (avout) => record(avout, (r) => ({ ...r, n: '1' })),
  'a negative number': (avout) => record(avout, (r) => ({ ...r, n: -1 })),
  'a snapshot beyond all numbers': (avout) => record(avout).replace(/"s":\d+/, '"s":1e999'),
  'a snapshot in the future': (avout) => record(avout, (r) => ({ ...r, s: (r.s as number) + 1 })),
  'another hash': (avout) => record(avout, (r) => ({ ...r, h: 'x' })),
  'no hash': (avout) => record(avout, (r) => ({ ...r, h: null })),
  'homes that are numbers': (avout) => record(avout, (r) => ({ ...r, b: [5] })),
  'no homes': (avout) => record(avout, (r) => ({ ...r, b: undefined })),
  'transactions that are an object': (avout) => record(avout, (r) => ({ ...r, t: {} })),
  'a transaction that is null': (avout) => record(avout, (r) => ({ ...r, t: [null] })),
  'a transaction of two parts': (avout) => record(avout, (r) => ({ ...r, t: [[1, []]] })),
  'an id that is an object': (avout) => record(avout, (r) => ({ ...r, t: [[{}, [], [['/n', 0, '', 1, 5]]]] })),
  'a read without version': (avout) => record(avout, (r) => ({ ...r, t: [[1, ['/x'], [['/n', 0, '', 1, 5]]]] })),
  'a read of a number': (avout) => record(avout, (r) => ({ ...r, t: [[1, [5, ''], [['/n', 0, '', 1, 5]]]] })),
  'a write of four parts': (avout) => record(avout, (r) => ({ ...r, t: write('/n', 0, '', 1) })),
  'a write to no home': (avout) => record(avout, (r) => ({ ...r, t: write('/n', 1, '', 1, 5) })),
  'a write of no kind': (avout) => record(avout, (r) => ({ ...r, t: write('/n', 0, '', 7, 5) })),
  'a version that is a number': (avout) => record(avout, (r) => ({ ...r, t: write('/n', 0, 0, 1, 5) })),
  'a label that is a number': (avout) =>
    record(avout, (r) => ({ ...r, t: [[1, [], [['/n', 0, '', 1, 5]], { l: 5 }]] })),
  'a range of two parts': (avout) =>
    record(avout, (r) => ({ ...r, t: [[1, [], [['/n', 0, '', 1, 5]], { r: [['a', 'b']] }]] })),
  'one sound transaction and a broken one': (avout) =>
    record(avout, (r) => ({ ...r, t: [...(r.t as unknown[]), [2, [], 5]] })),
  'a name with a NUL beside a sound one': (avout) =>
    record(avout, (r) => ({ ...r, t: [...(r.t as unknown[]), [2, [], [['a\0b', 0, '', 1, 5]]]] })),
  'an empty name beside a sound one': (avout) =>
    record(avout, (r) => ({ ...r, t: [...(r.t as unknown[]), [2, [], [['', 0, '', 1, 5]]]] })),
}
