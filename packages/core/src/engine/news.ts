import type { Committer } from '../commit/committer.js'
import type { Ingest } from '../commit/ingest.js'
import type { Platform, Timer } from '../platform/platform.js'
import type { Reports } from '../report/reports.js'
import { Poller } from './poller.js'

/** How long news may wait that nobody waits for, in ms. */
const NEWS_MS = 2

export interface NewsParts {
  readonly platform: Platform
  readonly ingest: Ingest
  readonly committer: Committer
  readonly reports: Reports
  readonly signal: AbortSignal
}

/** How a client hears of what others append: by pushes, and, while somebody waits for news, by asking for the tail as well. */
export class News {
  private readonly poller: Poller
  private timer: Timer | undefined = undefined

  constructor(private readonly parts: NewsParts) {
    const { platform, signal, ingest, reports } = parts
    this.poller = new Poller(
      platform,
      signal,
      () => ingest.learnTail(),
      (error) => reports.noticed(error, 'the log could not be asked for its tail; it will be asked again'),
    )
  }

  /**
   * News were pushed: read at once where somebody waits for them. Otherwise it is enough now and then, for fewer conflicts with
   * others: one's own appends are pushed as well, and bring what they missed.
   */
  pushed(): void {
    if (this.poller.isNeeded) this.read()
    else this.timer ??= this.parts.platform.setTimer(NEWS_MS, this.read)
  }

  /** Keeps asking for news until the answer is called. */
  keepPolling(): () => void {
    return this.poller.need()
  }

  close(): void {
    this.timer?.cancel()
  }

  private readonly read = (): void => {
    const { committer, ingest, reports, signal } = this.parts
    this.timer?.cancel()
    this.timer = undefined
    if (committer.inFlight > 0 || signal.aborted) return
    ingest.readOn().catch((error: unknown) => reports.noticed(error, 'the log could not be read after a push'))
  }
}
