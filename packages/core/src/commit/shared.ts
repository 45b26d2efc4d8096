/**
 * A question that several may ask at once: they share one answer, if its asking began after they came. One that is under way
 * may have been answered before that, so who comes meanwhile gets the next.
 */
export class Shared<T> {
  private asking: Promise<T> | undefined = undefined
  private next: Promise<T> | undefined = undefined

  constructor(private readonly ask: () => Promise<T>) {}

  answer(): Promise<T> {
    if (this.asking === undefined) return this.begin()
    this.next ??= this.asking.then(this.again, this.again)
    return this.next
  }

  private readonly again = (): Promise<T> => {
    this.next = undefined
    return this.begin()
  }

  private begin(): Promise<T> {
    const asking = this.ask().finally(() => {
      if (this.asking === asking) this.asking = undefined
    })
    this.asking = asking
    return asking
  }
}
