import { moved } from '../systems/avout-atom.js'
import { runLoops } from '../systems/loops.js'
import { onServer, type System } from '../systems/system.js'
import { opening } from '../workload.js'

/** A value with a version, as a store keeps it. */
export interface Cell extends AsyncDisposable {
  read(): Promise<{ readonly text: string; readonly version: number }>
  /** False where the version is another one by now. */
  set(text: string, version: number): Promise<boolean>
}

export interface CellAt {
  create(place: string, text: string): Promise<void>
  open(place: string): Promise<Cell>
  remove(place: string): Promise<void>
}

/** Read, compute, set if it is still at that version; else once more. What one writes by hand, on one connection. */
export const compareAndSet = (at: CellAt): System =>
  onServer('compare-and-set', {
    create: (place, workload) => at.create(place, JSON.stringify(opening(workload))),
    remove: (place) => at.remove(place),
    join: async (place) => {
      const cell = await at.open(place)
      const balances = async () => JSON.parse((await cell.read()).text) as number[]
      return {
        run: (load) =>
          runLoops(load, () => async (transfers) => {
            for (;;) {
              const { text, version } = await cell.read()
              const after = moved(JSON.parse(text) as number[], transfers)
              if (await cell.set(JSON.stringify(after), version)) return
            }
          }),
        balances,
        [Symbol.asyncDispose]: () => cell[Symbol.asyncDispose](),
      }
    },
  })
