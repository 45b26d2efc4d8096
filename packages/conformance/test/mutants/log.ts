import { AvoutError, LogDivergedError } from '@avout/core'
import type { Entry, Log } from '@avout/core/backend'
import { everyNth, type Full, type Mutant, mutant, shared } from './mutant.js'

/** A mutant whose log differs. */
const ofLog = (name: string, caughtBy: string, make: () => (log: Log, realm: string) => Partial<Log>): Mutant =>
  mutant(name, caughtBy, () => {
    const change = make()
    return ({ log }: Full, realm) => ({ log: { ...log, ...change(log, realm) } })
  })

const mangled = (entry: Entry, record: Uint8Array): Entry => ({ ...entry, record })
const asText = (record: Uint8Array) => new TextEncoder().encode(new TextDecoder().decode(record))

const cutAt = (bytes: number) => () => (log: Log) => ({
  append: (record: Uint8Array, after: number) => log.append(record.subarray(0, bytes), after),
})

export const appending: readonly Mutant[] = [
  ofLog('positions begin at 0', 'log/empty', () => (log) => ({
    append: async (record, after) => {
      const { position, missed } = await log.append(record, after)
      return { position: position - 1, missed }
    },
  })),
  ofLog('an acknowledged append is lost', 'log/dense', () => {
    const lost = everyNth(7)
    return (log) => ({
      append: async (record, after) =>
        lost() ? { position: (await log.tail()) + 1, missed: [] } : log.append(record, after),
    })
  }),
  ofLog('an append is applied twice', 'log/dense', () => {
    const twice = everyNth(7)
    return (log) => ({
      append: async (record, after) => {
        if (twice()) await log.append(record, after)
        return log.append(record, after)
      },
    })
  }),
  ofLog('a gap between positions', 'log/dense', () => (log) => ({
    append: async (record, after) => {
      const { position, missed } = await log.append(record, Math.ceil(after / 2))
      return { position: stretched(position), missed: missed.map(stretch) }
    },
    read: async (after, limit) => (await log.read(Math.ceil(after / 2), limit)).map(stretch),
    tail: async () => stretched(await log.tail()),
  })),
  ofLog('a later append gets an earlier place', 'log/strict', () => {
    const early = everyNth(9)
    return (log) => ({
      append: async (record, after) => {
        const { position, missed } = await log.append(record, after)
        return { position: early() ? Math.max(1, position - 1) : position, missed }
      },
    })
  }),
  ofLog('bytes that are no text are mangled', 'log/binary', () => (log) => ({
    append: (record, after) => log.append(asText(record), after),
  })),
  ofLog('records are cut at half a mebibyte', 'log/1MiB', cutAt(1 << 19)),
  ofLog('records are cut at two mebibytes', 'log/4MiB', cutAt(1 << 21)),
  ofLog('a limit that is not the one told', 'log/limit', () => () => ({ maxBytes: 100_000 })),
  ofLog('a limit below the one told', 'log/limit', () => (log) => ({
    maxBytes: 100_000,
    append: async (record, after) => {
      if (record.length >= 90_000) throw new AvoutError('invalid', 'AVOUT_RECORD_SIZE', 'too large')
      return log.append(record, after)
    },
  })),
]

const stretched = (position: number) => Math.max(0, 2 * position - 1)
const stretch = (entry: Entry): Entry => ({ ...entry, position: stretched(entry.position) })

export const missing: readonly Mutant[] = [
  ofLog('the first of the missed is skipped', 'log/missed', () => (log) => ({
    append: async (record, after) => {
      const { position, missed } = await log.append(record, after)
      return { position, missed: missed.slice(1) }
    },
  })),
  ofLog('one within the missed is skipped', 'log/missed-many', () => (log) => ({
    append: async (record, after) => {
      const { position, missed } = await log.append(record, after)
      return { position, missed: missed.filter((_, i) => i !== 2) }
    },
  })),
  ofLog('the missed include one’s own', 'log/missed-in-race', () => (log) => ({
    append: async (record, after) => {
      const { position, missed } = await log.append(record, after)
      return { position, missed: [...missed, { position, record }] }
    },
  })),
  ofLog('nothing missed is ever told', 'log/missed', () => (log) => ({
    append: async (record, after) => ({ ...(await log.append(record, after)), missed: [] }),
  })),
  ofLog('who knows a lost future is let in', 'log/lost-future', () => (log) => ({
    append: async (record, after) => log.append(record, Math.min(after, await log.tail())),
  })),
  ofLog('who knows a lost future is refused, and the record kept', 'log/lost-future', () => (log) => ({
    append: async (record, after) => {
      const tail = await log.tail()
      if (after <= tail) return log.append(record, after)
      await log.append(record, tail)
      throw new LogDivergedError('too late')
    },
  })),
]

export const reading: readonly Mutant[] = [
  ofLog('a reader swaps two entries', 'log/dense', () => {
    const odd = everyNth(2)
    return (log) => {
      const swaps = odd()
      return {
        read: async (after, limit) => {
          const entries = await log.read(after, limit)
          const [first, second, ...rest] = entries
          if (!swaps || first === undefined || second === undefined) return entries
          return [mangled(first, second.record), mangled(second, first.record), ...rest]
        },
      }
    }
  }),
  ofLog('a tail that was read before', 'log/tail', () => {
    const fresh = everyNth(3)
    return (log) => {
      let known = 0
      return {
        tail: async () => {
          if (fresh()) known = await log.tail()
          return known
        },
      }
    }
  }),
  ofLog('a tail beyond the last entry', 'log/tail', () => (log) => ({ tail: async () => (await log.tail()) + 1 })),
  ofLog('reads lag behind by an entry', 'log/append', () => (log) => ({
    read: async (after, limit) => {
      const tail = await log.tail()
      return (await log.read(after, limit)).filter(({ position }) => position < tail)
    },
  })),
  ofLog('reads lag behind what others know', 'log/read-to-tail', () => (log) => {
    let known = 0
    return {
      read: async (after, limit) => {
        const entries = (await log.read(after, limit)).filter(({ position }) => position <= known)
        known = await log.tail()
        return entries
      },
    }
  }),
  ofLog('pages have no limit', 'log/read-pages', () => (log) => ({ read: (after) => log.read(after, 1000) })),
  ofLog('a page begins with the entry one knows', 'log/read-pages', () => (log) => ({
    read: (after, limit) => log.read(Math.max(0, after - 1), limit),
  })),
  ofLog('an entry changes when the log has grown', 'log/unchanged', () => (log) => ({
    read: async (after, limit) => {
      const old = (await log.tail()) > 7
      return (await log.read(after, limit)).map((entry) =>
        old && entry.position === 3 ? mangled(entry, Uint8Array.of(65)) : entry,
      )
    },
  })),
]

const not = (condition: () => boolean) => () => !condition()

/** A floor of its own on top of a log that is never trimmed. */
const floors =
  (raise: (floor: number, below: number, tail: number) => number, obeys = () => true) =>
  () => {
    const floorOf = shared(() => ({ value: 1 }))
    return (log: Log, realm: string): Partial<Log> => {
      const floor = floorOf(realm)
      const kept = (entries: readonly Entry[]) => entries.filter(({ position }) => position >= floor.value)
      return {
        floor: async () => floor.value,
        trim: async (below) => {
          const tail = await log.tail()
          floor.value = raise(floor.value, below, tail)
        },
        append: async (record, after) => {
          const { position, missed } = await log.append(record, after)
          return { position, missed: kept(missed) }
        },
        read: async (after, limit) =>
          obeys() ? kept(await log.read(Math.max(after, floor.value - 1), limit)) : log.read(after, limit),
      }
    }
  }

export const trimming: readonly Mutant[] = [
  ofLog('a floor that is never told', 'log/trim', () => () => ({ floor: async () => 1 })),
  ofLog('a trim that does nothing', 'log/trim', () => () => ({ trim: async () => undefined })),
  ofLog(
    'a floor that goes down again',
    'log/trim-never-lowers',
    floors((_, below, tail) => Math.min(below, tail)),
  ),
  ofLog(
    'a floor above the tail',
    'log/trim-last-stays',
    floors((floor, below) => Math.max(floor, below)),
  ),
  ofLog('an emptied log begins anew', 'log/trim-last-stays', () => {
    const emptied = shared(() => ({ at: 0 }))
    return (log, realm) => ({
      trim: async (below) => {
        const tail = await log.tail()
        if (tail > 0 && below > tail) emptied(realm).at = tail
        await log.trim(below)
      },
      append: async (record, after) => {
        const { position, missed } = await log.append(record, after)
        return { position: position - emptied(realm).at, missed }
      },
    })
  }),
  ofLog(
    'two trimmers overshoot',
    'log/trim-together',
    floors((floor, below, tail) => Math.min(tail, floor + below - 1)),
  ),
  ofLog(
    'entries below the floor are read now and then',
    'log/trim-while-appending',
    floors((floor, below, tail) => Math.max(floor, Math.min(below, tail)), not(everyNth(3))),
  ),
]

export const pushing: readonly Mutant[] = [
  ofLog('nobody is woken', 'log/push', () => () => ({
    subscribe: async () => ({ [Symbol.asyncDispose]: async () => undefined }),
  })),
  ofLog('who has left is woken', 'log/push-ends', () => (log) => ({
    subscribe: async (wake) => {
      await log.subscribe(wake)
      return { [Symbol.asyncDispose]: async () => undefined }
    },
  })),
]
