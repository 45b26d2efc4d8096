import { applyOf, type OpDefinition } from '../api/ops.js'
import type { Data } from '../contracts/data.js'
import { IncompatibleError, usageError, ValidationError, ValueError } from '../errors.js'
import { isNumeric } from '../record/steps.js'
import { foldNumbers } from '../replay/numbers.js'
import type { Made, Step } from '../state/made.js'
import type { Version } from '../state/version.js'
import type { Codec } from '../values/codec.js'
import { equalData } from '../values/equal.js'

/**
 * Folds operations that are not of numbers onto what was there before them: after the log's entry is applied whole, for a user's code
 * may be among them. Each version is folded once, and then stands on nothing: no chain of old ones is kept.
 */
export class Folds {
  private readonly known = new Map<string, OpDefinition<any, any>>()
  private due: Version[] = []

  constructor(
    private readonly codec: Codec,
    definitions: readonly OpDefinition<any, any>[],
  ) {
    for (const definition of definitions) {
      applyOf(definition)
      const key = keyOf(definition)
      if (this.known.has(key)) throw usageError('AVOUT_OPERATION', `ops: two operations are ${key}`)
      this.known.set(key, definition)
    }
  }

  /** Whether this client was connected with a definition. */
  has(definition: OpDefinition<any, any>): boolean {
    return this.known.get(keyOf(definition)) === definition
  }

  add(version: Version): void {
    this.due.push(version)
  }

  /** Folds what was added. */
  flush(): void {
    if (this.due.length === 0) return
    const { due } = this
    this.due = []
    for (const version of due) this.fold(version)
  }

  /** Folds a version and what it stands on; false where its value needs one that is not at hand: see `unfoldedOn`. */
  fold(version: Version): boolean {
    const chain: Version[] = []
    for (let at: Version | undefined = version; at !== undefined && isUnfolded(at); at = at.made?.base) chain.push(at)
    if (unfoldedOn(version) !== undefined) return false
    for (const next of chain.reverse()) this.foldOne(next, next.made as Made)
    return true
  }

  /** What an operation makes of data. Throws what stands in the way. */
  apply(name: string, data: Data, step: Step): Data {
    if (isNumeric(step)) return number(name, data, step)
    if (step.version > 0) return this.applyOwn(name, data, step)
    if (!Array.isArray(data)) throw new ValueError(`${name} holds no list: ops.${step.name} cannot add to it`, name, '')
    const items = step.argument as readonly Data[]
    return Object.freeze(step.name === 'append' ? [...data, ...items] : union(data, items))
  }

  private applyOwn(name: string, data: Data, { name: op, version, argument }: Step): Data {
    const definition = this.known.get(keyOf({ name: op, version }))
    if (definition === undefined) {
      throw new IncompatibleError(
        `${name} was changed by the operation "${op}", version ${version}, which this client does not know: connect with it, { ops: […] }`,
      )
    }
    const value = this.codec.decode(data, name).value
    return this.codec.encode(applyOf(definition)(value, this.codec.decode(argument, name).value), name).data
  }

  private foldOne(version: Version, made: Made): void {
    const { base, steps, initial } = made
    made.base = undefined
    made.isFolded = true
    const { name } = version.state
    try {
      if (base?.made?.fault !== undefined) throw base.made.fault
      let data = base === undefined || !base.exists ? initial : (dataOf(base) as Data)
      for (const step of steps) data = this.apply(name, data, step)
      version.data = data
    } catch (error) {
      const [step] = steps
      made.fault = IncompatibleError.isInstance(error)
        ? error
        : new IncompatibleError(
            `${name}: the operation "${step?.name}", version ${step?.version}, failed on what was there: ${String(error)}`,
            { cause: error },
          )
    }
  }
}

/** The version whose value has to be loaded before this one can be folded; undefined where none has to. */
export function unfoldedOn(version: Version): Version | undefined {
  let at: Version | undefined = version
  while (at !== undefined && isUnfolded(at)) at = at.made?.base
  return at?.exists && at.made?.fault === undefined && dataOf(at) === undefined ? at : undefined
}

function isUnfolded({ made }: Version): boolean {
  return made !== undefined && !made.isFolded
}

/** Null is a value. */
function dataOf({ data, loaded }: Version): Data | undefined {
  return data === undefined ? loaded : data
}

function number(name: string, data: Data, step: Step): Data {
  if (typeof data !== 'number')
    throw new ValueError(`${name} holds no number: ops.${step.name} cannot change it`, name, '')
  const next = foldNumbers(data, [step])
  if (next === undefined) throw refusal(name, [step])
  return next
}

/** An operation came to what its bound, or JSON, does not allow. */
export function refusal(name: string, steps: readonly Step[]): ValidationError {
  const message = `${steps.map(told).join(', ')} would come to what is not allowed`
  return new ValidationError(`${name}: ${message}`, name, [{ message }])
}

function told({ name, argument }: Step): string {
  if (!Array.isArray(argument)) return `ops.${name}(${JSON.stringify(argument)})`
  const [n, min, max] = argument as readonly Data[]
  const bounds = [min === null ? '' : `min: ${min}`, max === null ? '' : `max: ${max}`].filter((bound) => bound !== '')
  return `ops.${name}(${n}, { ${bounds.join(', ')} })`
}

function union(list: readonly Data[], items: readonly Data[]): Data[] {
  const joined = [...list]
  for (const item of items) if (!joined.some((other) => equalData(other, item))) joined.push(item)
  return joined
}

function keyOf({ name, version }: { readonly name: string; readonly version: number }): string {
  return `${name}@${version}`
}
