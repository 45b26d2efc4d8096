import type { Data } from '../contracts/data.js'
import type { Step } from '../state/made.js'

/** The operations that every client knows. Their meaning is for good: another meaning is another name. */
const NUMERIC = new Set(['add', 'max', 'min'])
const LISTS = new Set(['append', 'union'])

/** Whether verdicts know what it does: those of numbers attest the number that they are folded onto. */
export function isNumeric({ name, version }: Step): boolean {
  return version === 0 && NUMERIC.has(name)
}

/** Whether they are all of numbers: records carry no mixtures. */
export function areNumeric(steps: readonly Step[]): boolean {
  return steps.every(isNumeric)
}

/** Whether it is one of ours, or a user's, which has a version; what is neither is newer than this code. */
export function isKnown({ name, version }: Step): boolean {
  return version > 0 || NUMERIC.has(name) || LISTS.has(name)
}

/** Whether the argument is one that the operation can have. */
export function fits({ name, version, argument }: Step): boolean {
  if (version > 0) return true
  if (LISTS.has(name)) return Array.isArray(argument)
  if (name !== 'add' || !Array.isArray(argument)) return Number.isFinite(argument)
  const [n, min, max] = argument as readonly Data[]
  return argument.length === 3 && Number.isFinite(n) && isBound(min) && isBound(max)
}

const isBound = (bound: Data | undefined): boolean => bound === null || Number.isFinite(bound)
