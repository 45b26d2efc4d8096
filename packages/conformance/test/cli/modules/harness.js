import { Pump, Scheduler, SimStore } from '@avout/core/testing'

// biome-ignore lint/style/noDefaultExport: the command line asks for one
export default async () => {
  const scheduler = new Scheduler()
  const store = new SimStore(scheduler)
  const pump = new Pump(scheduler, 'real')
  return { open: () => store, close: async () => pump.stop() }
}
