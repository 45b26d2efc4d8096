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

/** `[n, min, max]` where it is bounded, with null for what is not. */
function sum(value: number, argument: Data): number | undefined {
  if (typeof argument === 'number') return finite(value + argument)
  const [n, min, max] = argument as readonly [number, number | null, number | null]
  const next = finite(value + n)
  if (next === undefined || (min !== null && next < min) || (max !== null && next > max)) return undefined
  return next
}

function extreme(name: string, value: number, n: number): number {
  return name === 'max' ? Math.max(value, n) : Math.min(value, n)
}

/** JSON has no other numbers. */
function finite(value: number): number | undefined {
  return Number.isFinite(value) ? value : undefined
}
