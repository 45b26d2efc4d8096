import { type ParseArgsConfig, parseArgs } from 'node:util'
import { UsageError } from './usage-error.js'

type Options = NonNullable<ParseArgsConfig['options']>
type Values<O extends Options> = ReturnType<typeof parseArgs<{ args: string[]; options: O }>>['values']

/**
 * The options of a command line, as `parseArgs` of Node reads them. A leading `--`, which `pnpm run` passes on, is skipped.
 * Throws `UsageError` for an option that is not among them, one without its value, and for anything that is no option.
 */
export function readValues<const O extends Options>(args: readonly string[], options: O): Values<O> {
  try {
    return parseArgs<{ args: string[]; options: O }>({ args: args[0] === '--' ? args.slice(1) : [...args], options })
      .values
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error })
  }
}
