import { defineFamily, defineRef, type FamilyDefinition, type RefDefinition } from '@avout/core'
import type { Plan } from './plan.js'

export type List = readonly number[]

/** What all clients of a world share. */
export interface Refs {
  readonly lists: readonly RefDefinition<List>[]
  /** Their sum never changes. */
  readonly accounts: readonly RefDefinition<number>[]
  /** On call or not: never both off. */
  readonly doctors: readonly RefDefinition<boolean>[]
  readonly queues: readonly RefDefinition<List>[]
  /** Set, deleted, looked for. */
  readonly registers: readonly RefDefinition<number>[]
  readonly counter: RefDefinition<number>
  /** Two keys, or none. */
  readonly family: FamilyDefinition<number>
  /** What local refs are in step with. */
  readonly shared: RefDefinition<number>
  /** What operations count, without bounds; a number that stays in its bounds; a list that they append to. */
  readonly tally: RefDefinition<number>
  readonly stock: RefDefinition<number>
  readonly bag: RefDefinition<List>
  /** Operated on, set and deleted. */
  readonly gauges: FamilyDefinition<number>
}

export const ACCOUNTS = 3
export const DEPOSIT = 100
export const STOCK = 5
export const MOST_STOCK = 8
export const GAUGES = ['x', 'y'] as const

/** The id of the store number `i`. */
export const storeId = (i: number): string => (i === 0 ? 'log' : `store-${i}`)

export function refsOf({ lists, homes }: Plan): Refs {
  let next = 0
  const home = () => ({ in: storeId(next++ % homes) })
  const some = <T extends {}>(prefix: string, count: number, initial: T): RefDefinition<T>[] =>
    Array.from({ length: count }, (_, i) => defineRef<T>(`/${prefix}/${i}`, initial, home()))
  return {
    lists: some<List>('lists', lists, []),
    accounts: some<number>('accounts', ACCOUNTS, DEPOSIT),
    doctors: some<boolean>('doctors', 2, true),
    queues: some<List>('queues', 2, []),
    registers: some<number>('registers', 2, 0),
    counter: defineRef('/counter', 0, home()),
    family: defineFamily('/family', 0, home()),
    shared: defineRef('/shared', 0, home()),
    tally: defineRef('/tally', 0, home()),
    stock: defineRef('/stock', STOCK, home()),
    bag: defineRef<List>('/bag', [], home()),
    gauges: defineFamily('/gauges', 3, home()),
  }
}
