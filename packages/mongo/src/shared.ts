/**
 * Work that those who ask at the same time share. Who asks while it is under way shares the next one: it may have looked
 * before they asked.
 */
export class Shared<T> {
  readonly #work: () => Promise<T>
  #running: Promise<T> | undefined
  #next: Promise<T> | undefined

  constructor(work: () => Promise<T>) {
    this.#work = work
  }

  call(): Promise<T> {
    if (this.#running === undefined) return this.#begin()
    this.#next ??= Promise.allSettled([this.#running]).then(() => {
      this.#next = undefined
      return this.#begin()
    })
    return this.#next
  }

  #begin(): Promise<T> {
    const running = this.#work().finally(() => {
      if (this.#running === running) this.#running = undefined
    })
    this.#running = running
    return running
  }
}
