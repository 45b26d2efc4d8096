import type { Data } from '../contracts/data.js'
import type { Step } from '../state/made.js'

/** What operations of numbers make of `value`, one after the other; undefined where a bound forbids it, or it is no number any more. */
export function foldNumbers(value: number, steps: readonly Step[]): number | undefined {
  let folded = value
  for (const { name, argument } of steps) {
    const next = name === 'add' ? sum(folded, argument) : extreme(name, folded, argument as number)
    if (next === undefined) return undefined
    folded = next
  }
  return folded
}

/** `[n, min, max]` where it is bounded, with null for what is not. JSON has no numbers but finite ones. */
function sum(value: number, argument: Data): number | undefined {
  const bounded = typeof argument === 'number' ? [argument, null, null] : argument
  const [n, min, max] = bounded as readonly [number, number | null, number | null]
  const next = value + n
  const isAllowed = Number.isFinite(next) && next >= (min ?? next) && next <= (max ?? next)
  return isAllowed ? next : undefined
}

function extreme(name: string, value: number, n: number): number {
  return name === 'max' ? Math.max(value, n) : Math.min(value, n)
}
