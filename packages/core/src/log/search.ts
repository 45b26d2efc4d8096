/** `from`, `from + 1`, …, `to - 1`. */
export function range(from: number, to: number): number[] {
  return Array.from({ length: Math.max(0, to - from) }, (_, i) => from + i)
}

/** Which of these are there, in the order asked. */
export type Probe = (numbers: readonly number[]) => Promise<readonly boolean[]>

const FAN = 16

/**
 * A number that is there while the next is not; `from` is taken to be there. Where the numbers are dense it is the last.
 * Doubling, then sixteen ways at a time: two probes for what is near, about ten for a million.
 */
export async function lastPresent(from: number, probe: Probe): Promise<number> {
  let low = from
  let high = Number.POSITIVE_INFINITY
  for (let step = 1; high - low > 1; step *= 2 ** FAN) {
    const points = high === Number.POSITIVE_INFINITY ? doubling(low, step) : between(low, high)
    const present = await probe(points)
    const absent = present.indexOf(false)
    if (absent >= 0) high = points[absent] as number
    low = points[(absent < 0 ? points.length : absent) - 1] ?? low
  }
  return low
}

/** The first that is there, where all up to `high` are once one is. `high` itself is taken to be there. */
export async function firstPresent(high: number, probe: Probe): Promise<number> {
  let low = 0
  let first = high
  while (first - low > 1) {
    const points = between(low, first)
    const present = await probe(points)
    const at = present.indexOf(true)
    if (at >= 0) first = points[at] as number
    low = points[(at < 0 ? points.length : at) - 1] ?? low
  }
  return first
}

const doubling = (low: number, step: number) => Array.from({ length: FAN }, (_, i) => low + step * 2 ** i)

/** Up to FAN - 1 numbers that divide what lies between evenly, each strictly between. */
function between(low: number, high: number): number[] {
  const step = Math.max(1, Math.ceil((high - low) / FAN))
  return range(1, FAN)
    .map((i) => low + i * step)
    .filter((point) => point < high)
}
