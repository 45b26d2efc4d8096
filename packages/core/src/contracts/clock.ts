/** The one source of time. Nothing that must be safe depends on it: it only paces retries, leases and timeouts. */
export interface Clock {
  /** Milliseconds; monotonic, and near the time of day. */
  now(): number
  /** Resolves after `ms` milliseconds; rejects with `signal.reason` when the signal aborts first. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
}
