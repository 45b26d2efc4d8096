import { messageOf } from '../until.js'

/** One way to come by a program. */
export interface Way<T> {
  /** Where it looks or what it does, for the error that lists what was tried. */
  readonly what: string
  /** Resolves to undefined if it is not there, rejects if it went wrong. */
  get(): Promise<T | undefined>
}

/** A program that cannot be had in any way. Its message names each that was tried, and what came of it. */
export class NotToBeHadError extends Error {
  override readonly name = 'NotToBeHadError'

  /** @param tried One line a way. */
  constructor(
    program: string,
    readonly tried: readonly string[],
  ) {
    super(`${program} is not to be had. Tried:\n${tried.map((line) => `- ${line}`).join('\n')}`)
  }
}

/** What the first way that has it gives. */
export async function firstOf<T>(program: string, ways: readonly Way<T>[]): Promise<T> {
  const tried: string[] = []
  for (const { what, get } of ways) {
    try {
      const found = await get()
      if (found !== undefined) return found
      tried.push(`${what}: not there`)
    } catch (error) {
      tried.push(`${what}: ${messageOf(error)}`)
    }
  }
  throw new NotToBeHadError(program, tried)
}

/** Asks once and remembers the answer, not the failure. */
export function once<T>(get: () => Promise<T>): () => Promise<T> {
  let found: Promise<T> | undefined
  return () => {
    found ??= get().catch((error: unknown) => {
      found = undefined
      throw error
    })
    return found
  }
}
