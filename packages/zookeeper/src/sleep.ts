import type { Clock } from '@avout/core/backend'

/** False, and at once, when `ended` aborts before its end. */
export async function sleep(clock: Clock, ms: number, ended: AbortSignal): Promise<boolean> {
  if (ended.aborted) return false
  try {
    await clock.sleep(Math.max(1, ms), ended)
    return true
  } catch (error) {
    if (!ended.aborted) throw error
    return false
  }
}
