import type { Pending } from '../commit/pending.js'
import type { Replica } from '../replay/replica.js'

/** How many outcomes of one's own transactions are remembered beyond the window. */
const LIMIT = 10_000

export type Known = 'committed' | 'aborted' | 'unknown'

/**
 * What is known of transactions by their id: the window tells of every client's commits; of one's own that gave up, this client
 * knows that they did. Absence from the window proves nothing.
 */
export class Outcomes {
  private readonly known = new Map<string, Known>()

  constructor(private readonly replica: Replica) {}

  note(id: string, outcome: Known): void {
    if (outcome === 'aborted' && this.replica.window.isIdTaken(id)) return // that was another one's try at the same id
    this.known.delete(id)
    this.known.set(id, outcome)
    if (this.known.size <= LIMIT) return
    for (const oldest of this.known.keys()) {
      this.known.delete(oldest)
      return
    }
  }

  /** Nobody waits for its verdict any more; whoever asks for its outcome is to be told. */
  lostSight(id: string, pending: Pending): void {
    this.note(id, 'unknown')
    pending.follow((valid) => this.note(id, valid ? 'committed' : 'aborted'))
  }

  /** As far as the log is replayed. */
  of(id: string): Known {
    const { window } = this.replica
    if (window.isIdTaken(id)) return 'committed'
    const slash = id.lastIndexOf('/')
    if (slash > 0 && window.hasCommitted(id.slice(0, slash), Number(id.slice(slash + 1)))) return 'committed'
    return this.known.get(id) ?? 'unknown'
  }
}
