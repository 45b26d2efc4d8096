import type { OperationStep } from './record.js'

const COUNTING = ['add', 'max', 'min']

/** Whether they are of numbers, and a verdict knows what they come to. */
export function isCounting(steps: readonly OperationStep[]): boolean {
  return steps.every(({ name, version }) => version === 0 && COUNTING.includes(name))
}

/** What operations make of a value, in the design's words; undefined where a bound, or the range of numbers, forbids it. */
export function operated(value: unknown, steps: readonly OperationStep[]): unknown {
  return steps.reduce<unknown>((at, step) => (at === undefined ? undefined : operatedOnce(at, step)), value)
}

function operatedOnce(value: unknown, { name, argument }: OperationStep): unknown {
  if (name === 'append') return [...(value as unknown[]), ...(argument as unknown[])]
  if (name === 'union') return unite(value as unknown[], argument as unknown[])
  if (typeof value !== 'number') return undefined
  if (name === 'max' || name === 'min') return Math[name](value, argument as number)
  if (name !== 'add') throw new Error(`the model knows no operation "${name}"`)
  const [n, min, max] = (Array.isArray(argument) ? argument : [argument, null, null]) as [
    number,
    number | null,
    number | null,
  ]
  const sum = value + n
  return !Number.isFinite(sum) || (min !== null && sum < min) || (max !== null && sum > max) ? undefined : sum
}

/** By their JSON: what the simulation puts into sets is plain. */
function unite(list: readonly unknown[], items: readonly unknown[]): unknown[] {
  const all = [...list]
  for (const item of items) if (!all.some((other) => JSON.stringify(other) === JSON.stringify(item))) all.push(item)
  return all
}
