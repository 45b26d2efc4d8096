/** A map that makes what it lacks. */
export class Made<V> extends Map<string, V> {
  readonly #make: () => V

  constructor(make: () => V) {
    super()
    this.#make = make
  }

  of(name: string): V {
    let value = this.get(name)
    if (value === undefined) {
      value = this.#make()
      this.set(name, value)
    }
    return value
  }
}
