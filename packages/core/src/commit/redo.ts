import type { Logger } from '../api/logger.js'
import type { Platform } from '../platform/platform.js'
import type { RefState } from '../state/ref-state.js'
import type { Version } from '../state/version.js'
import { backoff } from './backoff.js'
import type { Home, Homes } from './homes.js'
import { orAborted } from './or-aborted.js'
import { entriesOf } from './values.js'

/** How many values one batch of redo carries. */
const BATCH = 128

export interface RedoParts {
  readonly homes: Homes
  readonly platform: Platform
  readonly signal: AbortSignal
  readonly logger: Logger | undefined
  changed(): void
}

/**
 * Committed values that may not be in their containers: the log has them, as a write-ahead log has what its pages miss. One's
 * own come here when a container failed; those of other clients are looked for when somebody flushes, for their writer may
 * have died between its append and its write.
 */
export class Redo {
  /** By home: the newest committed version of each ref that is to be stored. */
  private readonly backlog = new Map<Home, Map<RefState, Version>>()
  private readonly others = new Map<string, Map<RefState, Version>>()
  private readonly running = new Map<Home, Promise<void>>()

  constructor(private readonly parts: RedoParts) {}

  size(home: Home): number {
    return this.backlog.get(home)?.size ?? 0
  }

  /** Takes over values that could not be stored, and goes on until they are. */
  later(home: Home, versions: readonly Version[], error: unknown): void {
    this.parts.logger?.warn({ backend: home.id, error }, 'values are not stored yet: the log has them, redo goes on')
    this.keep(home, versions)
    this.parts.changed()
    this.start(home)
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
      try {
        this.keep(home, await this.missing(home, [...byRef.values()]))
      } catch (error) {
        for (const version of byRef.values()) if (!this.others.get(id)?.has(version.state)) this.seen(version)
        throw error
      }
      this.start(home)
    }
    await this.finish(signal)
  }

  /** Resolves when this client's own values are in their containers. */
  async finish(signal?: AbortSignal): Promise<void> {
    await orAborted(Promise.all(this.running.values()), signal)
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

  private keep(home: Home, versions: readonly Version[]): void {
    let byRef = this.backlog.get(home)
    if (byRef === undefined) {
      byRef = new Map()
      this.backlog.set(home, byRef)
    }
    for (const version of versions) {
      const kept = byRef.get(version.state)
      if (kept === undefined || kept.position < version.position) byRef.set(version.state, version)
    }
  }

  private start(home: Home): void {
    if (this.running.has(home)) return
    const run = this.run(home).finally(() => this.running.delete(home))
    this.running.set(home, run)
  }

  private async run(home: Home): Promise<void> {
    const { platform, signal, changed } = this.parts
    const byRef = this.backlog.get(home) as Map<RefState, Version>
    for (let attempt = 0; byRef.size > 0 && !signal.aborted; ) {
      const batch = [...byRef.values()].slice(0, BATCH)
      try {
        await home.setMany(entriesOf(batch))
        for (const version of batch) if (byRef.get(version.state) === version) byRef.delete(version.state)
        attempt = 0
      } catch (error) {
        this.parts.logger?.debug({ backend: home.id, attempt, error }, 'redo goes on')
        await pause(backoff(platform, attempt++, signal))
      }
    }
    changed()
  }
}

/** A pause that closing the client may cut short: the loop looks at the signal next. */
async function pause(sleeping: Promise<void>): Promise<void> {
  await Promise.allSettled([sleeping])
}
