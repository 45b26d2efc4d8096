import type { Backend, BackendContext, BackendState, Session } from '../contracts/backend.js'
import { Cells } from './cells.js'
import { Chain } from './chain.js'
import { ComposedLog } from './composed-log.js'
import { Sequencer } from './sequencer.js'
import { largestRecord } from './slot-value.js'

/** The refs that hold the log, in the store of the slots, and the counter's name: `~` keeps them apart from a user's names. */
const SLOTS = '~log'
const FLOOR = '~log-floor'
const EPOCHS = '~log-epochs'
const COUNTER = '~log'

const NO_FLOOR = 1
const NO_BASE = 0

export interface ComposeOptions {
  /** How long a writer may be late before its slot is filled, in milliseconds. 100 if absent. Paces only, decides nothing. */
  readonly holeWait?: number | undefined
  /** How often a session with subscribers looks for new entries, in milliseconds. 100 if absent. */
  readonly pollInterval?: number | undefined
}

/**
 * A log out of a counter and of write-once slots, which may be kept by different backends. What was acknowledged is kept as
 * well as `slots` keeps it; the counter may lose what it likes. Clients that share `slots` share the log. See `ComposedLog`
 * for its rules and its round trips.
 */
export function composeLog(
  parts: { counter: Backend<'counter'>; slots: Backend<'versions'> },
  options: ComposeOptions = {},
): Backend<'log'> {
  const { counter, slots } = parts
  const id = `log(${slots.id},${counter.id})`
  return {
    specificationVersion: 1,
    id,
    open: async (context) => {
      const sessions = await openParts(counter, slots, context)
      try {
        return await openLog(sessions, id, context, options)
      } catch (error) {
        await sessions.close()
        throw error
      }
    },
  }
}

interface Parts {
  readonly counter: Session<'counter'>
  readonly slots: Session<'versions'>
  close(): Promise<void>
}

/** One session where both parts are one backend: it may be a connection. */
async function openParts(
  counter: Backend<'counter'>,
  slots: Backend<'versions'>,
  context: BackendContext,
): Promise<Parts> {
  if (isBoth(slots, counter)) {
    const session = await slots.open(context)
    return { counter: session, slots: session, close: () => session.close() }
  }
  const [reportSlots, reportCounter] = worstOf(2, context.report)
  const slotsSession = await slots.open({ ...context, report: reportSlots as BackendContext['report'] })
  try {
    const counterSession = await counter.open({ ...context, report: reportCounter as BackendContext['report'] })
    return {
      counter: counterSession,
      slots: slotsSession,
      close: () => closeAll([counterSession, slotsSession]),
    }
  } catch (error) {
    await slotsSession.close()
    throw error
  }
}

function isBoth(slots: Backend<'versions'>, counter: unknown): slots is Backend<'versions' | 'counter'> {
  return slots === counter
}

async function openLog(
  { counter, slots, close }: Parts,
  id: string,
  context: BackendContext,
  { holeWait = 100, pollInterval = 100 }: ComposeOptions,
): Promise<Session<'log'>> {
  const { versions } = slots
  const { clock } = context
  const [slotCells, floorCells, epochCells] = [SLOTS, FLOOR, EPOCHS].map((ref) => new Cells(versions, ref)) as [
    Cells,
    Cells,
    Cells,
  ]
  const floor = new Chain(floorCells, NO_FLOOR, clock, id)
  const epochs = new Chain(epochCells, NO_BASE, clock, id)
  await Promise.all([slotCells.init(), floorCells.init(), epochCells.init()])
  await Promise.all([floor.newest(), epochs.newest()])
  const log = new ComposedLog({
    slots: slotCells,
    floor,
    sequencer: new Sequencer(epochs, (epoch) => counter.counter(epoch === 0 ? COUNTER : `${COUNTER}-${epoch}`)),
    clock,
    backend: id,
    maxBytes: versions.maxBytes === undefined ? undefined : largestRecord(versions.maxBytes),
    holeWait,
    pollInterval,
  })
  return {
    log,
    ping: async () => {
      await Promise.all([slots.ping(), counter.ping()])
    },
    close: async () => {
      log.close()
      await close()
    },
  }
}

/** Closes every one, also when one fails; then says so. */
async function closeAll(sessions: readonly { close(): Promise<void> }[]): Promise<void> {
  const results = await Promise.allSettled(sessions.map((session) => session.close()))
  for (const result of results) if (result.status === 'rejected') throw result.reason
}

const BADNESS: Readonly<Record<BackendState, number>> = { up: 0, connecting: 1, down: 2 }

/** Reporters for several parts of one whole, which is as well as the worst of them. */
function worstOf(parts: number, report: BackendContext['report']): BackendContext['report'][] {
  const states = new Array<BackendState>(parts).fill('up')
  return states.map((_, part) => (state, error) => {
    states[part] = state
    const worst = states.reduce((a, b) => (BADNESS[a] >= BADNESS[b] ? a : b))
    report(worst, error)
  })
}
