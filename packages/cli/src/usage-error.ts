/** The command line is wrong: the caller shows the message and its usage, and exits with 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}
