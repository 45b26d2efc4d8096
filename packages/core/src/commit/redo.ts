import type { Logger } from '../api/logger.js'
import type { Platform } from '../platform/platform.js'
import type { RefState } from '../state/ref-state.js'
import type { Version } from '../state/version.js'
import { Backlog } from './backlog.js'
import type { Current } from './current.js'
import { entriesOf, type Home, type Homes } from './homes.js'

/** How many versions are looked for at once. */
const BATCH = 128

export interface RedoParts {
  readonly homes: Homes
  readonly current: Current
  readonly platform: Platform
  readonly signal: AbortSignal
  readonly logger: Logger | undefined
  changed(): void
}

/**
 * Committed values that may not be in their containers: the log has them, as a write-ahead log has what its pages miss. One's
 * own come here when a container failed, or where a store lets values follow behind; those of other clients are looked for
 * when somebody flushes, for their writer may have died between its append and its write.
 */
export class Redo {
  private readonly backlog: Backlog
  private readonly others = new Map<string, Map<RefState, Version>>()

  constructor(private readonly parts: RedoParts) {
    this.backlog = new Backlog({
      ...parts,
      what: 'values are not stored',
      write: (home, versions) => this.write(home, versions),
      gather: (home) => home.behind ?? 0,
      emptied: () => parts.changed(),
    })
  }

  size(home: Home): number {
    return this.backlog.size(home)
  }

  /** Takes over values that could not be stored, and goes on until they are. */
  later(home: Home, versions: readonly Version[], error: unknown): void {
    this.parts.logger?.warn({ backend: home.id, error }, 'values are not stored yet: the log has them, redo goes on')
    this.backlog.add(home, versions)
    this.parts.changed()
  }

  /** Takes over values that are meant to follow behind. */
  follow(home: Home, versions: readonly Version[]): void {
    this.backlog.add(home, versions)
  }

  /** Another client's valid writes: stored by that client, unless it died. */
  seen(version: Version): void {
    let byRef = this.others.get(version.home)
    if (byRef === undefined) {
      byRef = new Map()
      this.others.set(version.home, byRef)
    }
    byRef.set(version.state, version)
  }

  /** Resolves when every committed value replayed so far is in its container, as far as this client has its backend. */
  async flush(signal?: AbortSignal): Promise<void> {
    for (const [id, byRef] of this.others) {
      const home = this.parts.homes.get(id)
      if (home === undefined || byRef.size === 0) continue
      this.others.set(id, new Map())
      const versions = [...byRef.values()]
      try {
        this.backlog.add(home, await this.missing(home, versions))
        this.parts.current.show(home, versions)
      } catch (error) {
        for (const version of versions) if (!this.others.get(id)?.has(version.state)) this.seen(version)
        throw error
      }
    }
    await this.finish(signal)
  }

  /** Resolves when this client's own values are in their containers, and shown there. */
  async finish(signal?: AbortSignal): Promise<void> {
    await this.backlog.finish(signal)
    await this.parts.current.finish(signal)
  }

  private async write(home: Home, versions: readonly Version[]): Promise<void> {
    await home.setMany(entriesOf(versions.filter(({ data }) => data !== undefined)))
    this.parts.current.show(home, versions)
  }

  private async missing(home: Home, versions: readonly Version[]): Promise<Version[]> {
    const inline = versions.filter((version) => version.data !== undefined)
    const missing: Version[] = []
    for (let i = 0; i < inline.length; i += BATCH) {
      const batch = inline.slice(i, i + BATCH)
      const found = await home.getMany(batch.map((version) => ({ ref: version.state.name, version: version.id })))
      missing.push(...batch.filter((_, at) => found[at] === undefined))
    }
    return missing
  }
}
