import type { Data } from '../contracts/data.js'
import type { VersionedStateContainer, VersionedStates } from '../contracts/versions.js'

/** How many calls are under way at once where the store has no batch form. */
const AT_ONCE = 32

/** Write-once cells with numbers for names: the versions 1, 2, 3, … of one ref. */
export class Cells {
  readonly #versions: VersionedStates
  readonly #ref: string
  readonly #container: VersionedStateContainer

  constructor(versions: VersionedStates, ref: string) {
    this.#versions = versions
    this.#ref = ref
    this.#container = versions.container(ref)
  }

  init(): Promise<void> {
    return this.#container.initVersionedStateContainer()
  }

  /** One round trip where the store has `getMany`. */
  async read(numbers: readonly number[]): Promise<readonly (Data | undefined)[]> {
    if (numbers.length === 0) return []
    const { getMany } = this.#versions
    if (numbers.length === 1 || getMany === undefined) {
      return inTurns(numbers, (number) => this.#container.getStateAt(String(number)))
    }
    return getMany.call(
      this.#versions,
      numbers.map((number) => this.#at(number)),
    )
  }

  async present(numbers: readonly number[]): Promise<readonly boolean[]> {
    const values = await this.read(numbers)
    return values.map((value) => value !== undefined)
  }

  /** The first value wins: false when another was first. */
  write(number: number, value: Data): Promise<boolean> {
    return this.#container.setStateAt(value, String(number))
  }

  /** One round trip where the store has `setMany`. */
  async writeMany(numbers: readonly number[], value: Data): Promise<void> {
    const { setMany } = this.#versions
    if (numbers.length > 1 && setMany !== undefined) {
      await setMany.call(
        this.#versions,
        numbers.map((number) => ({ ...this.#at(number), value })),
      )
    } else await inTurns(numbers, (number) => this.write(number, value))
  }

  /** One round trip where the store has `deleteMany`. */
  async delete(numbers: readonly number[]): Promise<void> {
    const { deleteMany } = this.#versions
    if (numbers.length > 1 && deleteMany !== undefined) {
      await deleteMany.call(
        this.#versions,
        numbers.map((number) => this.#at(number)),
      )
    } else await inTurns(numbers, (number) => this.#container.deleteStateAt(String(number)))
  }

  #at(number: number): { ref: string; version: string } {
    return { ref: this.#ref, version: String(number) }
  }
}

async function inTurns<T>(numbers: readonly number[], call: (number: number) => Promise<T>): Promise<T[]> {
  const answers: T[] = []
  for (let i = 0; i < numbers.length; i += AT_ONCE) {
    answers.push(...(await Promise.all(numbers.slice(i, i + AT_ONCE).map(call))))
  }
  return answers
}
