import type { Backend } from '../contracts/backend.js'
import { usageError } from '../errors.js'
import type { StandardSchemaV1 } from '../standard-schema.js'
import { checkName, checkRefName } from './names.js'
import type { Options } from './options.js'

/** All but undefined. Intersected with T, never its constraint: `T extends Value` makes `ref('/n', 0)` a `Ref<0>`. */
// biome-ignore lint/complexity/noBannedTypes: it is meant: whatever is neither null nor undefined
export type Value = {} | null

type Out<S extends StandardSchemaV1> = StandardSchemaV1.InferOutput<S>

/** false, an issue or a throw refuses. A schema only judges: what it returns is thrown away; one that answers with a promise is a TypeError. */
export type Validator<T> = ((value: T) => boolean) | StandardSchemaV1<T, unknown>

export type RefOptions<T> = Options<{
  /** The backend that the ref's values live in, or the id of one of the client's backends; the coordinator's if absent. */
  in: Backend<'versions'> | string
  validate: (value: T) => boolean
  /** Migrates a value as it was stored, of an older shape perhaps, when it is read. */
  upgrade: (stored: unknown) => T
}>
export type SchemaOptions<S extends StandardSchemaV1> = RefOptions<Out<S>> & { schema: S }

/** What names a ref of values of type T: a definition, or a ref of a client. */
export interface RefKey<in out T> {
  readonly kind: 'ref' | 'local'
  readonly name: string
  readonly '~value'?: (value: T) => T
}

export type ValueOf<R> = R extends RefKey<infer T> ? T : never

/** Synchronous: it may run again. Conditional on purpose: with a plain `(value: T) => T`, `{ ...o, status: 'paid' }` widens to string. */
export type Update<R, A extends unknown[]> = R extends RefKey<infer T> ? (value: T, ...args: A) => T : never

/** A ref declared without a connection: services share a module of them. */
export interface RefDefinition<in out T> extends RefKey<T> {
  readonly kind: 'ref'
  readonly initial: T
}

/** Refs of one kind, by key: `accounts('alice')` is the ref `/accounts/alice`. */
export interface FamilyDefinition<in out T> {
  (key: string): RefDefinition<T>
  readonly kind: 'family'
  readonly prefix: string
  readonly '~value'?: (value: T) => T
}

/** What is known of a definition beyond its public face. */
export interface Declared {
  readonly in: Backend<'versions'> | string | undefined
  readonly validators: readonly Validator<any>[]
  readonly upgrade: ((stored: unknown) => unknown) | undefined
}

const declared = new WeakMap<object, Declared>()

/** The options that a definition was made with. */
export function declaredOf(definition: RefDefinition<any>): Declared {
  const options = declared.get(definition)
  if (options === undefined) {
    throw usageError('AVOUT_NOT_A_REF', 'not a ref: make one with avout.ref(…), defineRef(…) or a family')
  }
  return options
}

/**
 * Declares a ref: nothing is read or written. A ref that nobody wrote reads as `initial`, which is never stored.
 *
 * @throws TypeError for a name that is empty or holds a NUL, and for options that there are not.
 */
export function defineRef<S extends StandardSchemaV1>(
  name: string,
  initial: Out<S>,
  options: SchemaOptions<S>,
): RefDefinition<Out<S>>
export function defineRef<T>(name: string, initial: T & Value, options?: RefOptions<NoInfer<T>>): RefDefinition<T>
export function defineRef<T>(name: string, initial: T, options?: AnyRefOptions): RefDefinition<T> {
  return declare(checkRefName('ref', name), initial, checkRefOptions(name, options))
}

/** A ref that Avout keeps for itself, beside those of its users. */
export function internalRef<T>(name: string, initial: T & Value): RefDefinition<T> {
  return declare<T>(checkName('ref', name), initial, { in: undefined, validators: [], upgrade: undefined })
}

/** Declares refs by key, one namespace `prefix/…`: a conflict is one of a key, not of the family. */
export function defineFamily<S extends StandardSchemaV1>(
  prefix: string,
  initial: Out<S>,
  options: SchemaOptions<S>,
): FamilyDefinition<Out<S>>
export function defineFamily<T>(
  prefix: string,
  initial: T & Value,
  options?: RefOptions<NoInfer<T>>,
): FamilyDefinition<T>
export function defineFamily<T>(prefix: string, initial: T, options?: AnyRefOptions): FamilyDefinition<T> {
  checkRefName('family', prefix)
  const common = checkRefOptions(prefix, options)
  const member = (key: string): RefDefinition<T> => declare(familyMember(prefix, key), initial, common)
  return Object.assign(member, { kind: 'family' as const, prefix })
}

/** The name of a family's ref. */
function familyMember(prefix: string, key: string): string {
  return checkName('ref', `${prefix}/${checkName('key', key)}`)
}

/** Options as an implementation meets them, whichever overload was called. */
export type AnyRefOptions = RefOptions<any> & { schema?: StandardSchemaV1<any, any> | undefined }

const REF_OPTIONS = new Set(['in', 'validate', 'upgrade', 'schema'])

function checkRefOptions(name: string, options: AnyRefOptions | undefined): Declared {
  const { in: home, validate, upgrade, schema } = options ?? {}
  for (const key of Object.keys(options ?? {})) {
    if (!REF_OPTIONS.has(key)) {
      throw usageError(
        'AVOUT_OPTION',
        `${name} has the unknown option "${key}": there are ${[...REF_OPTIONS].join(', ')}`,
      )
    }
  }
  const validators: Validator<any>[] = []
  if (validate !== undefined) validators.push(validate)
  if (schema !== undefined) validators.push(schema)
  return { in: home, validators, upgrade }
}

function declare<T>(name: string, initial: T, options: Declared): RefDefinition<T> {
  if (initial === undefined) {
    throw usageError('AVOUT_UNDEFINED', `the initial value of ${name} is undefined, which is no value: use null`)
  }
  const definition: RefDefinition<T> = Object.freeze({ kind: 'ref', name, initial })
  declared.set(definition, options)
  return definition
}
