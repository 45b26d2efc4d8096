import { expect, it } from 'vitest'
import { type Mode, type Queue, serve, type Ticket } from '../src/lock-queue.js'

const now = new Date(1000)
const ticket = (id: string, mode: Mode = 'write', token = 0, owner = id): Ticket => ({
  id,
  owner,
  mode,
  token,
  lease: 500,
  since: new Date(900),
  until: new Date(1200),
})
const queue = (token: number, ...tickets: Ticket[]): Queue => ({ token, tickets })
const held = ({ tickets }: Queue) => tickets.filter(({ token }) => token > 0).map(({ id, token }) => [id, token])

it('grants to the first writer, with the next token and a lease from now on', () => {
  const served = serve(queue(7, ticket('a'), ticket('b')), now)
  expect(held(served)).toEqual([['a', 8]])
  expect(served.tickets[0]?.until).toEqual(new Date(1500))
  expect(served.token).toBe(8)
})

it('answers the same queue where nothing changes', () => {
  const waiting = queue(1, ticket('a', 'write', 1), ticket('b'), ticket('c', 'read'))
  expect(serve(waiting, now)).toBe(waiting)
})

it('grants readers together up to the first writer', () => {
  const served = serve(queue(0, ticket('a', 'read'), ticket('b', 'read'), ticket('c'), ticket('d', 'read')), now)
  expect(held(served)).toEqual([
    ['a', 1],
    ['b', 2],
  ])
})

it('grants at once to who holds it, with the token of the hold', () => {
  const again = queue(
    4,
    ticket('a', 'write', 4),
    ticket('b'),
    ticket('a2', 'write', 0, 'a'),
    ticket('a3', 'read', 0, 'a'),
  )
  expect(held(serve(again, now))).toEqual([
    ['a', 4],
    ['a2', 4],
    ['a3', 4],
  ])
})

it('lets a reader who wants to write go before others, but not beside other readers', () => {
  const others = queue(2, ticket('a', 'read', 1), ticket('b', 'read', 2), ticket('c'), ticket('a2', 'write', 0, 'a'))
  expect(serve(others, now)).toBe(others)
  const alone = queue(2, ticket('a', 'read', 1), ticket('c'), ticket('a2', 'write', 0, 'a'))
  expect(held(serve(alone, now))).toEqual([
    ['a', 1],
    ['a2', 3],
  ])
})
