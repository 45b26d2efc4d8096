import type { Platform } from '../platform/platform.js'

const FIRST_MS = 2
const LAST_MS = 1_000

/** Exponential back-off with full jitter (Brooker, "Exponential Backoff and Jitter"): up to 2, 4, 8 … 1,000 ms. */
export function backoff(platform: Platform, attempt: number, signal?: AbortSignal): Promise<void> {
  const limit = Math.min(FIRST_MS * 2 ** Math.min(attempt, 20), LAST_MS)
  return platform.clock.sleep(platform.random() * limit, signal)
}
