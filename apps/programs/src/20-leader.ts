// Leader election: who holds a recorded lock leads, and its term is the position of its grant in the log.
import { type Avout, defineRef, type HeldLock } from '@avout/core'

/** What a leader decides, and in which term. */
export const decree = defineRef('/decree', { term: 0, text: '' })

/** Stands for election until `signal` aborts. `govern` is called for each term won; `held.signal` aborts when it is over. */
export async function campaign(avout: Avout, signal: AbortSignal, govern: (held: HeldLock) => Promise<void>) {
  const office = avout.lock('/office', { recorded: true })
  while (!signal.aborted) {
    await using held = await office.acquire({ signal, timeout: Number.POSITIVE_INFINITY })
    await govern(held)
  }
}

/** Refused with LockLostError once another has been elected, however long this process was away. */
export async function decide(avout: Avout, held: HeldLock, text: string) {
  await avout.dosync((tx) => {
    tx.requires(held)
    tx.set(decree, { term: held.token, text })
  })
}

export async function leader(avout: Avout) {
  return (await avout.lock('/office').queue()).find(({ holds }) => holds)?.client
}
