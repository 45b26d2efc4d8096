import type { Version } from '../state/version.js'

/**
 * Writes that replaced another one, in the order of the log. What was replaced is kept only as long as a view may still need
 * it: a verdict asks for the last write of a ref, never for one before.
 */
export class Superseding {
  private versions: Version[] = []
  private first = 0

  add(version: Version): void {
    this.versions.push(version)
  }

  /** No view is older than `position` any more: what was replaced up to there is forgotten. */
  forget(position: number): void {
    while (this.first < this.versions.length) {
      const version = this.versions[this.first] as Version
      if (version.position > position) break
      version.previous = undefined
      this.first++
    }
    const { first, versions } = this
    // Stryker disable next-line all: when the array is cut off is a matter of memory and time, no answer depends on it
    if (first === versions.length || (first > 4_096 && first * 2 > versions.length)) {
      this.versions = versions.slice(first)
      this.first = 0
    }
  }
}
