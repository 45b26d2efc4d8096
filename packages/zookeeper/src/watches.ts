/** Who wants to be told once that what is at a path has changed, or that nobody can tell any more. */
export class Watches {
  readonly #byPath = new Map<string, Set<() => void>>()

  add(path: string, call: () => void): void {
    const calls = this.#byPath.get(path)
    if (calls === undefined) this.#byPath.set(path, new Set([call]))
    else calls.add(call)
  }

  delete(path: string, call: () => void): void {
    const calls = this.#byPath.get(path)
    if (calls?.delete(call) && calls.size === 0) this.#byPath.delete(path)
  }

  fire(path: string): void {
    const calls = this.#byPath.get(path)
    if (calls === undefined) return
    this.#byPath.delete(path)
    for (const call of calls) call()
  }

  /** A session has ended, and what it watched with it. */
  fireAll(): void {
    for (const path of [...this.#byPath.keys()]) this.fire(path)
  }
}
