/** Waits for `work` no longer than until the signal aborts: then it rejects with `signal.reason`, and the work goes on. */
export async function orAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work
  let abandon: (() => void) | undefined
  const aborted = new Promise<never>((_, reject) => {
    abandon = () => reject(signal.reason)
    if (signal.aborted) abandon()
    else signal.addEventListener('abort', abandon, { once: true })
  })
  try {
    return await Promise.race([work, aborted])
  } finally {
    if (abandon !== undefined) signal.removeEventListener('abort', abandon)
  }
}
