/** The stores that a part of the shop can be kept in. */
export const storeNames = ['memory', 'redis', 'postgres', 'mongo', 'zookeeper'] as const
export type StoreName = (typeof storeNames)[number]
export type ServerName = Exclude<StoreName, 'memory'>

/** What is assigned to a store: the log, with docks, lock and mailer beside it; the stock, with the scoreboard; and two more families. */
export const parts = ['log', 'stock', 'orders', 'payments'] as const
export type Part = (typeof parts)[number]

/** Which store keeps what. */
export type Assignment = Readonly<Record<Part, StoreName>>

export const inMemory: Assignment = { log: 'memory', stock: 'memory', orders: 'memory', payments: 'memory' }
export const onFour: Assignment = { log: 'zookeeper', stock: 'redis', orders: 'postgres', payments: 'mongo' }

export const isStoreName = (name: string): name is StoreName => storeNames.some((known) => known === name)

/** The stores of an assignment, each once, the log's first. */
export const storesOf = (assignment: Assignment): readonly StoreName[] => [
  ...new Set(parts.map((part) => assignment[part])),
]

/** Those of them that are servers. */
export const serversOf = (assignment: Assignment): readonly ServerName[] =>
  storesOf(assignment).filter((name) => name !== 'memory')

/** `log zookeeper · stock redis · …`, as the screen says it. */
export function describeAssignment(assignment: Assignment): string {
  const [only, ...others] = storesOf(assignment)
  return others.length === 0 ? `all in ${only}` : parts.map((part) => `${part} ${assignment[part]}`).join(' · ')
}
