import type { Platform } from '../platform/platform.js'

/** How often the tail is asked for while somebody waits for news, in ms: pushes are faster, but may be lost. */
const INTERVAL_MS = 500

/** Polls while anybody needs it. */
export class Poller {
  private needs = 0
  private running = false

  constructor(
    private readonly platform: Platform,
    private readonly signal: AbortSignal,
    private readonly poll: () => Promise<unknown>,
    private readonly failed: (error: unknown) => void,
  ) {}

  /** Somebody waits for news. */
  get isNeeded(): boolean {
    return this.needs > 0
  }

  /** Keeps it polling until the answer is called. */
  need(): () => void {
    this.needs++
    if (!this.running) void this.run()
    let needed = true
    return () => {
      if (needed) this.needs--
      needed = false
    }
  }

  private async run(): Promise<void> {
    this.running = true
    while (this.needs > 0 && !this.signal.aborted) {
      try {
        await this.platform.clock.sleep(INTERVAL_MS * (0.75 + this.platform.random() / 2), this.signal)
        if (this.needs > 0) await this.poll()
      } catch (error) {
        if (!this.signal.aborted) this.failed(error)
      }
    }
    this.running = false
  }
}
