import { MAX_DEPTH } from './tags.js'

/**
 * Why a value, or stored data, cannot be carried. On its way up each level that it leaves adds where it was: the path
 * costs nothing until something is wrong.
 */
export class Refusal extends Error {
  /** Innermost first: what held the culprit, and the step from there. */
  private readonly holders: unknown[] = []
  private readonly steps: string[] = []
  private deepest: unknown

  static tooDeep(value: unknown): Refusal {
    const refusal = new Refusal(`it is nested deeper than ${MAX_DEPTH} levels`)
    refusal.deepest = value
    return refusal
  }

  /** What a user's class, a proxy or a broken object threw. */
  static of(error: unknown): Refusal {
    return error instanceof Refusal ? error : new Refusal(`it cannot be read (${messageOf(error)})`, { cause: error })
  }

  /** `error` as a refusal whose path begins with one more step: it was met in `holder`. */
  static within(error: unknown, holder: unknown, step: string): Refusal {
    const refusal = Refusal.of(error)
    refusal.holders.push(holder)
    refusal.steps.push(step)
    return refusal
  }

  /** Where and why. A value that is too deep because it contains itself is told by the step that closes the circle. */
  explain(): { path: string; reason: string } {
    const steps = this.steps.toReversed()
    const closing = firstRepeated([...this.holders.toReversed(), this.deepest])
    if (closing < 0) return { path: steps.join(''), reason: this.message }
    return { path: steps.slice(0, closing).join(''), reason: 'the value contains itself here' }
  }
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

const IDENTIFIER = /^[A-Za-z_$][\w$]*$/

/** The step to a property: `.lines`, or `["a key"]`. */
export function propertyStep(key: string): string {
  return IDENTIFIER.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`
}

/** The step to a map's value: `.get("alice")`; by its place where the key is not short to write. */
export function mapValueStep(key: unknown, place: number): string {
  const writable = typeof key === 'string' || typeof key === 'number' || typeof key === 'boolean'
  return writable ? `.get(${JSON.stringify(key)})` : `.values()[${place}]`
}

function firstRepeated(items: readonly unknown[]): number {
  const seen = new Set<unknown>()
  return items.findIndex((item) => seen.size === seen.add(item).size)
}
