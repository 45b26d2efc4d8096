export type Mode = 'read' | 'write'

/** Who holds a lock, or waits for it: one for each `acquire`. In the order in which they came. */
export interface Ticket {
  readonly id: string
  readonly owner: string
  readonly mode: Mode
  /** Milliseconds. */
  readonly lease: number
  /** When it queued, by the server's clock. */
  readonly since: Date
  /** When it ends, by the server's clock, unless it is renewed before. */
  readonly until: Date
  /** The fencing token; 0 while it waits. */
  readonly token: number
}

/** Who holds, who waits, and the last token given. */
export interface Queue {
  readonly tickets: readonly Ticket[]
  readonly token: number
}

const isHeld = ({ token }: Ticket): boolean => token > 0

const holds = (tickets: readonly Ticket[], owner: string, mode?: Mode): boolean =>
  tickets.some((other) => isHeld(other) && other.owner === owner && (mode === undefined || other.mode === mode))

/**
 * Grants what can be granted at `now`, first come, first served, except for who holds the lock already: to make those wait
 * behind others would make them wait for themselves. Answers the same object where nothing changes.
 */
export function serve(queue: Queue, now: Date): Queue {
  let { tickets, token } = queue
  for (;;) {
    const next = nextOf(tickets)
    if (next === undefined) return tickets === queue.tickets ? queue : { tickets, token }
    const given = reenters(tickets, next) ? tokenOf(tickets, next.owner) : ++token
    const granted: Ticket = { ...next, token: given, until: new Date(now.getTime() + next.lease) }
    tickets = tickets.map((ticket) => (ticket === next ? granted : ticket))
  }
}

function nextOf(tickets: readonly Ticket[]): Ticket | undefined {
  const waiting = tickets.filter((ticket) => !isHeld(ticket))
  const again = waiting.find((ticket) => reenters(tickets, ticket))
  if (again !== undefined) return again
  // A reader who wants to write comes first: nobody else can be granted a write before it has given up its read.
  const upgrade = waiting.find(({ owner, mode }) => mode === 'write' && holds(tickets, owner, 'read'))
  const first = upgrade ?? waiting[0]
  return first !== undefined && isFree(tickets, first) ? first : undefined
}

function reenters(tickets: readonly Ticket[], { owner, mode }: Ticket): boolean {
  return holds(tickets, owner, 'write') || (mode === 'read' && holds(tickets, owner, 'read'))
}

function isFree(tickets: readonly Ticket[], { owner, mode }: Ticket): boolean {
  return tickets.every((other) => !isHeld(other) || other.owner === owner || (mode === 'read' && other.mode === 'read'))
}

/** A hold keeps its token however often it is entered: a store that saw the later one would refuse the earlier. */
function tokenOf(tickets: readonly Ticket[], owner: string): number {
  return Math.max(...tickets.filter((ticket) => ticket.owner === owner).map(({ token }) => token))
}
