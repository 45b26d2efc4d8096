import type { Validator } from '../api/definitions.js'
import { usageError, ValidationError } from '../errors.js'
import type { StandardSchemaV1 } from '../standard-schema.js'

/** Throws `ValidationError` where a validator refuses the value that `name` would get. */
export function validate(name: string, validators: readonly Validator<any>[], value: unknown): void {
  for (const validator of validators) {
    if ('~standard' in validator) judge(name, validator, value)
    else ask(name, validator, value)
  }
}

/** A schema only judges: what it answers beside its issues is thrown away. */
function judge(name: string, schema: StandardSchemaV1<any, unknown>, value: unknown): void {
  const result = schema['~standard'].validate(value)
  if (result instanceof Promise) {
    throw usageError('AVOUT_ASYNC_SCHEMA', `the schema of ${name} answers with a promise: a commit cannot wait for it`)
  }
  if (result.issues === undefined) return
  const [first] = result.issues
  throw new ValidationError(`${name}: ${first?.message ?? 'refused by its schema'}`, name, result.issues)
}

function ask(name: string, validator: (value: any) => boolean, value: unknown): void {
  let answer: unknown
  try {
    answer = validator(value)
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    throw new ValidationError(`${name}: ${message}`, name, [{ message }], { cause: error })
  }
  if (answer instanceof Promise) {
    throw usageError(
      'AVOUT_ASYNC_SCHEMA',
      `the validator of ${name} answers with a promise: a commit cannot wait for it`,
    )
  }
  if (answer === false || answer === undefined) {
    const message = 'refused by its validator'
    throw new ValidationError(`${name}: ${message}`, name, [{ message }])
  }
}
