import type { Appended, Log, Stored, VersionedStates } from '@avout/core/backend'
import { everyNth, type Full, type Mutant, mutant } from './mutant.js'

type AppendWith = (record: Uint8Array, after: number, values: readonly Stored[]) => Promise<Appended>

const ofBoth = (
  name: string,
  caughtBy: string,
  make: () => (log: Log, versions: VersionedStates, sound: AppendWith) => AppendWith,
): Mutant =>
  mutant(name, caughtBy, () => {
    const change = make()
    return ({ log, versions }: Full) => {
      const { appendWith } = log
      if (appendWith === undefined) throw new Error('no appendWith')
      return { log: { ...log, appendWith: change(log, versions, appendWith) } }
    }
  })

export const together: readonly Mutant[] = [
  ofBoth('the values beside a record are forgotten', 'log/together', () => (log) => log.append),
  ofBoth('the values beside a record come a little later', 'log/together', () => (log, versions) => {
    return async (record, after, values) => {
      setTimeout(() => void Promise.allSettled([versions.setMany?.(values)]), 20)
      return log.append(record, after)
    }
  }),
  ofBoth('a record without values is not appended', 'log/together', () => (log, _, sound) => {
    return async (record, after, values) =>
      values.length > 0 ? sound(record, after, values) : { position: (await log.tail()) + 1, missed: [] }
  }),
  ofBoth('the values beside a record overwrite', 'log/together-write-once', () => (_, versions, sound) => {
    return async (record, after, values) => {
      await versions.deleteMany?.(values)
      return sound(record, after, values)
    }
  }),
  ofBoth('a version that is taken stops the append', 'log/together-write-once', () => (log, versions, sound) => {
    return async (record, after, values) => {
      const found = await versions.getMany?.(values)
      const taken = found?.some((value) => value !== undefined) ?? false
      return taken ? { position: await log.tail(), missed: [] } : sound(record, after, values)
    }
  }),
  ofBoth('an append with values tells nothing of what was missed', 'log/together-missed', () => (_, __, sound) => {
    return async (record, after, values) => ({ ...(await sound(record, after, values)), missed: [] })
  }),
  ofBoth('with values, who knows a lost future is let in', 'log/together-lost-future', () => (log, _, sound) => {
    return async (record, after, values) => sound(record, Math.min(after, await log.tail()), values)
  }),
  ofBoth('with values, bytes that are no text are mangled', 'log/together-binary', () => (_, __, sound) => {
    return (record, after, values) => sound(new TextEncoder().encode(new TextDecoder().decode(record)), after, values)
  }),
  ofBoth('some appends with values are acknowledged and lost', 'log/together-race', () => {
    const lost = everyNth(9)
    return (log, versions, sound) => async (record, after, values) => {
      if (!lost()) return sound(record, after, values)
      await versions.setMany?.(values)
      return { position: (await log.tail()) + 1, missed: [] }
    }
  }),
]
