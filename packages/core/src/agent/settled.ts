import { orAborted } from '../commit/or-aborted.js'
import { patiently } from '../commit/patiently.js'
import type { Version } from '../state/version.js'
import type { AgentRefs } from './agent-refs.js'
import { failureError } from './failure.js'
import type { AgentHost } from './host.js'

/** Waits until all that was sent to an agent before the call is done. Rejects when it has failed, or fails before that. */
export async function settled(host: AgentHost, refs: AgentRefs<any>, signal: AbortSignal | undefined): Promise<void> {
  host.checkOpen()
  signal?.throwIfAborted()
  const stopPolling = host.keepPolling()
  let stopListening: (() => void) | undefined
  try {
    await orAborted(host.learnTail(), signal)
    const { queue } = refs
    const target = queue.last
    const outcome = new Promise<Version | undefined>((resolve) => {
      // A failure is written before the cursor that goes with it: what fails behind the target finds this resolved.
      const look = (): void => {
        if (refs.hasFailed) resolve(refs.failure.state.head)
        else if (queue.cursor >= target) resolve(undefined)
      }
      stopListening = refs.listen(look)
      look()
    })
    const failed = await orAborted(orAborted(outcome, signal), host.stopSignal)
    if (failed === undefined) return
    const failure = await patiently(host, async () => refs.failure.valueOf(failed))
    throw failureError(refs.name, failure as Parameters<typeof failureError>[1])
  } finally {
    stopListening?.()
    stopPolling()
  }
}
