import { randomUUID } from 'node:crypto'
import type { Load } from '../load.js'
import type { Workload } from '../workload.js'

/** What one process has of the accounts. */
export interface Part extends AsyncDisposable {
  /** Runs the load's loops, all at once, until it says that its time is over. */
  run(load: Load): Promise<void>
}

/** Freshly filled accounts, for one round. Disposing of them removes them. */
export interface OpenSystem extends Part {
  balances(): Promise<readonly number[]>
  /** Where other processes find the accounts; absent where only this one can. */
  readonly place?: string
}

/** Something that can move money between accounts, and be measured at it. */
export interface System {
  readonly name: string
  /** How it was set up, for the report. */
  readonly setting?: Readonly<Record<string, unknown>>
  open(workload: Workload): Promise<OpenSystem>
  /** The accounts that another process has opened. Absent where only that one can get at them. */
  join?(place: string, workload: Workload): Promise<Part>
}

/** Accounts that lie on a server, under a name. */
export interface Ground {
  /** Makes and fills them. */
  create(place: string, workload: Workload): Promise<void>
  join(place: string, workload: Workload): Promise<Part & Pick<OpenSystem, 'balances'>>
  /** Also where `create` got only half way. */
  remove(place: string): Promise<void>
}

/** A system whose accounts any process can join. Each round has its own place, so that nothing of the last is in its way. */
export function onServer(name: string, ground: Ground, setting: System['setting'] = {}): System {
  return {
    name,
    setting,
    open: async (workload) => {
      const place = `bench_${randomUUID().replaceAll('-', '').slice(0, 16)}`
      try {
        await ground.create(place, workload)
        const part = await ground.join(place, workload)
        return {
          place,
          run: (load) => part.run(load),
          balances: () => part.balances(),
          [Symbol.asyncDispose]: async () => {
            try {
              await part[Symbol.asyncDispose]()
            } finally {
              await ground.remove(place)
            }
          },
        }
      } catch (error) {
        await ground.remove(place)
        throw error
      }
    },
    join: (place, workload) => ground.join(place, workload),
  }
}
