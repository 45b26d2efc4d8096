import type { Data } from '@avout/core/backend'
import { shared } from '@avout/servers'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { arrayLiteral } from '../src/array-literal.js'
import { postgres } from '../src/index.js'
import { checkSize, decode, encode, MAX_BYTES } from '../src/json.js'
import { openSession, ownClient } from './open.js'

let server: Awaited<ReturnType<typeof shared>>
beforeAll(async () => {
  server = await shared('postgres')
})
afterAll(() => server.close())

const REFUSED: readonly Data[] = [
  'a NUL \0 within',
  { 'a NUL \0 as a key': [1] },
  'half \ud800 a pair',
  ['half \udc00 of another'],
  'no NUL: \\u0000',
  { $avout: 'not ours' },
  { $avout: { nested: '\0' } },
  JSON.parse('{"__proto__":{"a":"\\u0000"}}') as Data,
]
const KEPT: readonly Data[] = [
  null,
  0,
  '',
  '\u0001\u001f\n"\\',
  '\u{1f680}',
  { $avout: 1, other: 2 },
  { b: 1, a: [1e21, 5e-324] },
]

it('gives back what jsonb refuses', async () => {
  const { versions, state, close } = await openSession(postgres(server.url))
  const container = versions.container('r')
  for (const [i, value] of [...REFUSED, ...KEPT].entries()) {
    versions.check?.(value)
    expect(await container.setStateAt(value, `${i}`)).toBe(true)
    expect(await container.getStateAt(`${i}`)).toEqual(value)
    await state('s').setState(value)
    expect(await state('s').compareAndSetState?.(value, value), JSON.stringify(value)).toBe(true)
  }
  await close()
})

it('shows as it is what jsonb takes', () => {
  for (const value of KEPT) expect(encode(value)).toBe(JSON.stringify(value))
  for (const value of REFUSED) expect(decode(encode(value))).toEqual(value)
})

it('compares what jsonb refuses deeply, whatever the order of keys', () => {
  expect(encode({ a: '\0', b: { d: 1, c: [2] } })).toBe(encode({ b: { c: [2], d: 1 }, a: '\0' }))
  expect(encode({ a: '\0', b: 1 })).not.toBe(encode({ a: '\0', b: 2 }))
})

it('can read again what it wrote: jsonb prints 1e308 in 309 digits, and millions of them are no string of JavaScript', async () => {
  const value = new Array<number>(250_000).fill(1e308)
  expect(encode(value).startsWith('{"$avout"')).toBe(true)
  expect(encode(value.slice(0, 1000)).startsWith('[')).toBe(true)
  const { versions, close } = await openSession(postgres(server.url))
  await versions.container('r').setStateAt(value, '1')
  const got = await versions.container('r').getStateAt('1')
  expect(JSON.stringify(got) === JSON.stringify(value)).toBe(true)
  await close()
})

it('holds values that jsonb makes many times larger', async () => {
  const { versions, close } = await openSession(postgres({ connectionString: server.url, timeout: 30_000 }))
  const value = new Array<number>(MAX_BYTES / 16).fill(1)
  await versions.container('r').setStateAt(value, '1')
  const got = await versions.container('r').getStateAt('1')
  expect(Array.isArray(got) && got.length).toBe(value.length)
  await close()
})

it('refuses what is too large, by its bytes', () => {
  expect(() => checkSize('x'.repeat(MAX_BYTES - 2))).not.toThrow()
  expect(() => checkSize('x'.repeat(MAX_BYTES - 1))).toThrow(/bytes/)
  expect(() => checkSize(['\u5e97'.repeat(MAX_BYTES / 3)])).toThrow(/bytes/)
  expect(() => checkSize({ ['k'.repeat(MAX_BYTES)]: 1 })).toThrow(/bytes/)
  expect(() => checkSize(new Array(MAX_BYTES / 2 - 1).fill(1))).not.toThrow()
  expect(() => checkSize(new Array(MAX_BYTES / 2 + 1).fill(1))).toThrow(/bytes/)
})

it('quotes lists as PostgreSQL reads them', async () => {
  await using client = await ownClient(server.url)
  for (const texts of [
    [],
    ['a'],
    ['', ' ', '"', '\\', '\\n', '{', ',', 'NULL', '\u5e97'],
    ['\n', '"\t\\', '\u0001', '\u007f'],
  ]) {
    const { rows } = await client.query<{ a: string[] }>('select $1::text[] as a', [arrayLiteral(texts)])
    expect(rows[0]?.a).toEqual(texts)
  }
  for (const text of ['\0', '\ud800']) expect(() => arrayLiteral(['a', text])).toThrow(TypeError)
})
