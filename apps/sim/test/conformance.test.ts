import { describeBackend } from '@avout/conformance/vitest'
import { Pump, Scheduler, SimStore } from '@avout/core/testing'

/** As slow, as stale and as talkative as the contracts allow: what clients are simulated on keeps them all the same. */
describeBackend('the simulated store, slow and stale', async () => {
  const scheduler = new Scheduler({ seed: 1, start: Date.now() })
  const pump = new Pump(scheduler, 'real')
  const store = new SimStore(scheduler, { faults: { delay: [0, 3], slow: 0.05, stale: 0.7, pushSpurious: 0.3 } })
  return { open: () => store, close: async () => pump.stop() }
})
