import type { Data } from '@avout/core/backend'
import { type Server, shared } from '@avout/servers'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { look, newRealm, openSession } from './open.js'

let server: Server
beforeAll(async () => {
  server = await shared('mongo')
})
afterAll(() => server.close())

const nested = (depth: number): Data =>
  depth === 0 ? 'bottom' : depth % 2 === 0 ? [nested(depth - 1)] : { d: nested(depth - 1) }

/** Stores values, answers them read again, and as a stranger sees them. */
async function through(values: readonly Data[]) {
  const realm = newRealm()
  const session = await openSession(server.url, realm)
  const { versions } = session
  const entries = values.map((value, i) => ({ ref: 'ref', version: `${i}`, value }))
  for (const value of values) versions.check?.(value)
  await versions.setMany?.(entries)
  const heads = entries.map((entry, i) => ({ ...entry, ref: `${i}`, position: 1 }))
  await versions.setCurrent?.(heads)
  const read = await versions.getMany?.(entries)
  const stranger = look(server.url)
  const documents = await stranger.collection('values').find({ '_id.realm': realm }).toArray()
  const current = await stranger.collection('current').find({ '_id.realm': realm }).toArray()
  await Promise.all([stranger.close(), session.close()])
  const inOrder = documents.sort((a, b) => Number(a._id.version) - Number(b._id.version))
  return { read, documents: inOrder, current }
}

it('keeps values as a person would write them, and numbers exactly', async () => {
  const values: Data[] = [
    { name: 'ink', price: 4.5, stock: [1, 2, { from: 'here' }], gone: null, 'a key.with dots': true },
    [0, -0, 2 ** 31 - 1, 2 ** 31, -(2 ** 31) - 1, 2 ** 53 - 1, -(2 ** 53) + 1, 2 ** 53, 1e300, 5e-324],
    'a text with \0 in it',
    nested(128),
  ]
  const { read, documents, current } = await through(values)
  expect(read).toStrictEqual(values)
  expect(documents.map(({ value }) => value)).toStrictEqual(values)
  expect(documents[0]?._id).toMatchObject({ ref: 'ref', version: '0' })
  expect(current.map(({ value }) => value)).toStrictEqual(values)
})

it('keeps as JSON text what BSON, the server or the driver would refuse or change', async () => {
  const values: Data[] = [
    { $ref: 'collection', $id: 1 },
    { list: [{ $numberLong: '1' }] },
    { _bsontype: 'ObjectId', id: 'aaaaaaaaaaaa' },
    { 'a key with \0': 1 },
    { 'half a pair \ud800': 1 },
    ['half a pair \udc00'],
    JSON.parse('{"__proto__":{"polluted":true}}'),
    [-0, { $zero: -0 }],
    nested(129),
    nested(1500),
  ]
  const { read, documents, current } = await through(values)
  for (const [i, value] of values.entries()) expect(read?.[i], `value ${i}`).toStrictEqual(value)
  expect(documents.every((document) => typeof document.json === 'string' && !('value' in document))).toBe(true)
  expect(documents[0]?.json).toBe('{"$ref":"collection","$id":1}')
  expect(current.map(({ json }) => json).sort()).toEqual(documents.map(({ json }) => json).sort())
  expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false)
})

it('keeps large lists, which BSON makes several times as large, and batches beyond one request', async () => {
  const list = Array.from({ length: 1_500_000 }, (_, i) => i % 10)
  const texts = Array.from({ length: 12 }, (_, i) => `${i}`.repeat(3 << 20).slice(0, 3 << 20))
  const { read, documents } = await through([list, ...texts])
  expect(read?.[0]).toStrictEqual(list)
  expect(documents[0]?.json).toMatch(/^\[0,1,2/)
  // More than one reply can carry: what is missing is asked for again.
  expect(read?.slice(1).every((text, i) => text === texts[i])).toBe(true)
})

it('refuses what is too large or too deep before it is sent', async () => {
  const { versions, log, close } = await openSession(server.url)
  const most = versions.maxBytes as number
  const text = 'x'.repeat(most - 1)
  expect(() => versions.check?.(text)).toThrow(/16711681 bytes/)
  expect(() => versions.check?.(nested(2500))).toThrow(/deeper/)
  const call = log.appendWith?.(Uint8Array.of(1), 0, [{ ref: 'r', version: '1', value: text }])
  await expect(call).rejects.toMatchObject({ kind: 'invalid' })
  expect(await log.tail()).toBe(0)
  await close()
})
