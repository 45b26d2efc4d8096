import type { Head } from '@avout/core/backend'
import { type Server, shared } from '@avout/servers'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { look, newRealm, openSession } from './open.js'

let server: Server
beforeAll(async () => {
  server = await shared('mongo')
})
afterAll(() => server.close())

const head = (ref: string, position: number, value: Head['value']): Head => ({
  ref,
  position,
  value,
  version: `v${position}`,
})

it('shows the newest head, whatever order they come in, and a deletion is not undone by what was before it', async () => {
  const realm = newRealm()
  const session = await openSession(server.url, realm)
  const other = await openSession(server.url, realm)
  const set = async (...heads: Head[]) => session.versions.setCurrent?.(heads)
  const stranger = look(server.url)
  const shown = async () => {
    const documents = await stranger.collection('current').find({ '_id.realm': realm }).sort({ _id: 1 }).toArray()
    return documents.map(({ _id, value, version, position }) => [_id.ref, value, version, position])
  }
  await set(head('a', 5, { $x: 1 }.$x), head('b', 5, '$position'))
  await set(head('a', 4, 'older'), head('b', 5, 'the same'), head('c', 1, ['$$ROOT', { a: '$b' }]))
  expect(await shown()).toEqual([
    ['a', 1, 'v5', 5],
    ['b', '$position', 'v5', 5],
    ['c', ['$$ROOT', { a: '$b' }], 'v1', 1],
  ])
  await set(head('a', 7, undefined), head('never shown', 3, undefined))
  await set(head('a', 6, 'older than its deletion'), head('never shown', 2, 'older'))
  expect((await shown()).map(([ref]) => ref)).toEqual(['b', 'c'])
  await set(head('a', 8, 'made again'))
  expect((await shown())[0]).toEqual(['a', 'made again', 'v8', 8])
  // Together, also where there is nothing yet: two upserts meet.
  const refs = Array.from({ length: 20 }, (_, i) => `together ${i}`)
  await Promise.all(
    [session, other].flatMap(({ versions }, i) =>
      [1, 2, 3].map((round) => versions.setCurrent?.(refs.map((ref) => head(ref, round * 2 + i, `${i}`)))),
    ),
  )
  expect((await shown()).slice(3).map(([, , , position]) => position)).toEqual(refs.map(() => 7))
  await Promise.all([stranger.close(), session.close(), other.close()])
})
