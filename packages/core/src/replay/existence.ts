import type { Version } from '../state/version.js'

/** The valid writes of the window that created or deleted a key, in the order of the log: what scans are judged by. */
export class ExistenceChanges {
  private changes: Version[] = []
  private first = 0

  add(version: Version): void {
    this.changes.push(version)
  }

  /** The last one of a key with `from <= key < to`, at `since` or later. */
  last(from: string, to: string, since: number): Version | undefined {
    for (let i = this.changes.length - 1; i >= this.first; i--) {
      const change = this.changes[i] as Version
      if (change.position < since) return undefined
      if (from <= change.state.name && change.state.name < to) return change
    }
    return undefined
  }

  forgetBefore(position: number): void {
    while (this.first < this.changes.length && (this.changes[this.first] as Version).position < position) this.first++
    // Stryker disable next-line all: when the array is cut off is a matter of memory and time, no answer depends on it
    if (this.first > 1024 && this.first * 2 > this.changes.length) {
      this.changes = this.changes.slice(this.first)
      this.first = 0
    }
  }
}
