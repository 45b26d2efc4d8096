import { AvoutError, LogDivergedError, UnavailableError } from '@avout/core'
import type { Appended, Entry, Log, Stored } from '@avout/core/backend'
import { checkBytes, checkCount, checkFunction, checkName, checkString } from './check.js'
import type { Driver } from './driver.js'
import { MAX_BYTES, toText } from './json.js'
import type { Realm } from './realm.js'

const NONE: readonly Entry[] = Object.freeze([])
const NO_VALUES: readonly Stored[] = []

/** Entries a read asks for at most: it answers a page. */
const PAGE = 1000

/** The log of one realm: a stream whose ids are the positions, and a hash that holds the last one and the floor. */
export class RedisLog implements Log {
  readonly #realm: Realm

  constructor(realm: Realm) {
    this.#realm = realm
  }

  append(record: Uint8Array, after: number): Promise<Appended> {
    return this.appendWith(record, after, NO_VALUES)
  }

  /** One script does both: one command to parse, one answer, and one flush of the disk for the record and its values. */
  async appendWith(record: Uint8Array, after: number, values: readonly Stored[]): Promise<Appended> {
    const { lifetime, link, keys, wakes } = this.#realm
    lifetime.check()
    checkBytes('record', record)
    checkCount('after', after, 0)
    if (record.length > MAX_BYTES) {
      throw new AvoutError(
        'invalid',
        'AVOUT_RECORD_TOO_LARGE',
        `a record of ${record.length} bytes: Redis takes ${MAX_BYTES}`,
      )
    }
    const count = values.length
    const args = new Array<string | number | Buffer>(4 + 3 * count)
    args[0] = keys.head
    args[1] = keys.log
    args[count + 2] = after
    args[count + 3] = asBuffer(record)
    for (let i = 0; i < count; i++) {
      const { ref, version, value } = values[i] as Stored
      checkName('ref', ref)
      checkString('version', version)
      args[2 + i] = keys.versions(ref)
      args[count + 4 + 2 * i] = version
      args[count + 5 + 2 * i] = toText(value)
    }
    const reply = await link.append((driver) => this.#send(driver, count + 2, args))
    const position = reply[0] as number
    if (position < 0) {
      const tail = reply[1] as number
      wakes.lost(tail)
      throw new LogDivergedError(`the log ends at ${tail}, but its caller has seen entry ${after}`)
    }
    wakes.saw(position)
    return { position, missed: reply.length === 1 ? NONE : entriesOf(reply) }
  }

  async read(after: number, limit: number): Promise<readonly Entry[]> {
    const { lifetime, link, keys, wakes } = this.#realm
    lifetime.check()
    checkCount('after', after, 0)
    checkCount('limit', limit, 1)
    const reply = await link.call((driver) => driver.avoutReadBuffer(keys.head, keys.log, after, Math.min(limit, PAGE)))
    const entries = reply.length === 1 ? NONE : entriesOf(reply)
    const last = entries.at(-1)
    if (last !== undefined) wakes.saw(last.position)
    return entries
  }

  async tail(): Promise<number> {
    return (await this.#heads())[0]
  }

  async floor(): Promise<number> {
    return (await this.#heads())[1]
  }

  async subscribe(wake: () => void): Promise<AsyncDisposable> {
    const { lifetime, wakes } = this.#realm
    lifetime.check()
    checkFunction('wake', wake)
    wakes.saw(await this.tail())
    lifetime.check()
    const end = wakes.add(wake)
    const forget = lifetime.onEnd(end)
    return {
      [Symbol.asyncDispose]: async () => {
        forget()
        end()
      },
    }
  }

  async trim(below: number): Promise<void> {
    const { lifetime, link, keys } = this.#realm
    checkCount('below', below, 1)
    do lifetime.check()
    while ((await link.call((driver) => driver.avoutTrim(keys.head, keys.log, below))) > 0)
  }

  async #heads(): Promise<[number, number]> {
    const { lifetime, link, keys } = this.#realm
    lifetime.check()
    return link.call((driver) => driver.avoutHeads(keys.head))
  }

  /** `WAIT` counts what this connection has written, so it goes with the append. Too few replicas undo nothing. */
  async #send(driver: Driver, count: number, args: (string | number | Buffer)[]): Promise<(number | Buffer)[]> {
    const { wait, waitAof, id } = this.#realm.link.settings
    const appending = driver.avoutAppendBuffer(count, ...args)
    if (wait === undefined && waitAof === undefined) return appending
    const [appended, replicas, disks] = await Promise.allSettled([
      appending,
      wait && driver.wait(wait.replicas, wait.timeout),
      waitAof && driver.call('WAITAOF', waitAof.local, waitAof.replicas, waitAof.timeout),
    ])
    if (appended.status === 'rejected') throw appended.reason
    if ((appended.value[0] as number) < 0) return appended.value
    for (const waited of [replicas, disks]) if (waited.status === 'rejected') throw unknown(waited.reason, id)
    const have = (replicas as PromiseFulfilledResult<number | undefined>).value ?? 0
    if (wait !== undefined && have < wait.replicas) {
      throw unknown(`${have} of ${wait.replicas} replicas have the record after ${wait.timeout} ms`, id)
    }
    const [local, remote] = ((disks as PromiseFulfilledResult<unknown>).value ?? [0, 0]) as [number, number]
    if (waitAof !== undefined && (local < waitAof.local || remote < waitAof.replicas)) {
      throw unknown(
        `the record is on ${local} own disk and those of ${remote} replicas after ${waitAof.timeout} ms`,
        id,
      )
    }
    return appended.value
  }
}

/** The record is in the log, but not as safe as was asked for: whoever asked has to look whether it stays. */
function unknown(why: unknown, id: string): UnavailableError {
  const text = why instanceof Error ? why.message : String(why)
  return new UnavailableError(`the append may not last: ${text}`, id)
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

/** An answer is a number, then the position of the first entry, then the records from there on. */
function entriesOf(reply: readonly (number | Buffer)[]): readonly Entry[] {
  const first = reply[1] as number
  const entries = new Array<Entry>(reply.length - 2)
  for (let i = 0; i < entries.length; i++) entries[i] = { position: first + i, record: reply[i + 2] as Buffer }
  return entries
}
