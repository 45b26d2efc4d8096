import type { Data } from '../contracts/data.js'
import type { Head } from '../contracts/versions.js'
import type { Version } from '../state/version.js'
import { Backlog, type BacklogParts } from './backlog.js'
import type { Home } from './homes.js'

/** How far a store's view of current values may be behind, in ms: of a ref that changes often, one head is shown in this time. */
const LAG_MS = 500

/**
 * Moves the stores' own views of what refs are now, where they have one: behind the verdicts, for what is shown must be
 * committed, and of each ref the newest alone. A client shows what it wrote itself; `flush` also what others wrote, who may
 * have died before they did.
 */
export class Current {
  private readonly backlog: Backlog

  constructor(parts: Pick<BacklogParts, 'platform' | 'signal' | 'logger'>) {
    this.backlog = new Backlog({
      ...parts,
      what: 'current values are not shown',
      write: async (home, versions) => home.setCurrent(await headsOf(home, versions)),
      gather: () => LAG_MS,
    })
  }

  /** Takes over versions that are committed. */
  show(home: Home, versions: readonly Version[]): void {
    if (home.showsCurrent) this.backlog.add(home, versions)
  }

  /** Resolves when all that was taken over before the call is shown. */
  finish(signal?: AbortSignal): Promise<void> {
    return this.backlog.finish(signal)
  }
}

async function headsOf(home: Home, versions: readonly Version[]): Promise<Head[]> {
  const away = versions.filter((version) => version.exists && dataOf(version) === undefined)
  const loaded =
    away.length === 0 ? [] : await home.getMany(away.map(({ state, id }) => ({ ref: state.name, version: id })))
  const heads: Head[] = []
  for (const version of versions) {
    const value = dataOf(version) ?? loaded[away.indexOf(version)]
    // Its successor was shown, and it was deleted, before this client came to show it.
    if (version.exists && value === undefined) continue
    heads.push({ ref: version.state.name, version: version.id, position: version.position, value })
  }
  return heads
}

function dataOf(version: Version): Data | undefined {
  return version.data ?? version.loaded
}
