import { UnavailableError } from '../errors.js'
import type { Platform } from '../platform/platform.js'
import { backoff } from './backoff.js'

/** Who waits, and until when. */
export interface Patient {
  readonly platform: Platform
  /** Aborts when the client ends. */
  readonly stopSignal: AbortSignal
}

/** Loads what is certain to be there, however long its store is away; rejects when the client ends. */
export async function patiently<T>({ platform, stopSignal }: Patient, load: () => Promise<T>): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await load()
    } catch (error) {
      if (!UnavailableError.isInstance(error)) throw error
      await backoff(platform, attempt, stopSignal)
    }
  }
}
