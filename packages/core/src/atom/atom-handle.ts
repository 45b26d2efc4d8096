import type { Atom } from '../api/atom.js'
import type { Validator } from '../api/definitions.js'
import type { ReadOptions } from '../api/options.js'
import { orAborted } from '../commit/or-aborted.js'
import type { Data } from '../contracts/data.js'
import { UnavailableError, ValueError } from '../errors.js'
import { validate } from '../reference/validate.js'
import { WatchList } from '../reference/watch-list.js'
import { Watched } from '../reference/watched.js'
import { applyUpdate, type Update as Fn } from '../transaction/update.js'
import type { Encoded } from '../values/codec.js'
import { equalData } from '../values/equal.js'
import type { Cell } from './cell.js'
import { isSame } from './cell.js'
import type { AtomHost } from './host.js'
import { Known } from './known.js'
import { Updates } from './updates.js'

/** How often an atom that is watched is looked at, in ms: stores tell of changes faster, but may not, or forget to. */
const POLL_MS = 500

/** An atom as one client has it. */
export class AtomHandle<T> extends Watched<T> implements Atom<T> {
  readonly name: string
  readonly encodedInitial: Encoded
  private validators: readonly Validator<any>[]
  private readonly known: Known
  private readonly updates: Updates
  protected readonly watches: WatchList<T>
  private heard = 0
  private stopWatching: (() => void) | undefined = undefined

  constructor(
    private readonly host: AtomHost,
    readonly cell: Cell,
    initial: unknown,
    validators: readonly Validator<any>[],
  ) {
    super()
    this.name = cell.name
    this.validators = validators
    this.encodedInitial = this.encode(initial)
    this.known = new Known(cell, host.platform, (before, after) => this.found(before, after))
    this.updates = new Updates(cell.name, this.known, host.platform)
    this.watches = new WatchList(host, this, (isWatched) => this.watch(isWatched))
  }

  declareAgain(validators: readonly Validator<any>[]): void {
    if (validators.length > 0) this.validators = validators
  }

  async deref(options: ReadOptions = {}): Promise<T> {
    this.host.checkOpen()
    options.signal?.throwIfAborted()
    if (!this.known.isFresh(options.staleness ?? this.host.options.staleness)) await this.readFor(options)
    return this.decode(this.known.data) as T
  }

  async swap(f: Fn, ...args: unknown[]): Promise<T> {
    return (await this.swapVals(f, ...args))[1]
  }

  swapVals(f: Fn, ...args: unknown[]): Promise<[T, T]> {
    return this.update(
      (data) => this.checked(applyUpdate(this.name, f, this.decode(data), args)),
      (before, after) => [this.decode(before) as T, this.decode(after) as T],
    )
  }

  async reset(value: T): Promise<T> {
    const data = this.checked(value)
    return this.update(
      () => data,
      (_, after) => this.decode(after) as T,
    )
  }

  async compareAndSet(old: T, value: T): Promise<boolean> {
    const expected = this.encode(old).data
    const data = this.checked(value)
    let isMet = false
    return this.update(
      (current) => {
        isMet = equalData(current ?? this.encodedInitial.data, expected)
        return isMet ? data : current
      },
      () => isMet,
    )
  }

  async setValidator(validator: Validator<T> | null): Promise<void> {
    const validators = validator === null ? [] : [validator]
    validate(this.name, validators, await this.deref())
    this.validators = validators
  }

  /** Resolves when no change of this client is under way. */
  settled(): Promise<void> {
    return this.updates.settled()
  }

  private update<R>(
    apply: (data: Data | undefined) => Data | undefined,
    result: (before: Data | undefined, after: Data | undefined) => R,
  ): Promise<R> {
    return new Promise((resolve, reject) => {
      this.host.checkOpen()
      this.updates.add({
        apply,
        done: (before, after) => {
          this.changed(before, after, false)
          resolve(result(before, after))
        },
        failed: reject,
        deadline: this.host.platform.clock.now() + this.host.options.timeout,
      })
    })
  }

  private async readFor({ timeout = this.host.options.timeout, signal }: ReadOptions): Promise<void> {
    const late = new AbortController()
    const timer = this.host.platform.setTimer(timeout, () =>
      late.abort(
        new UnavailableError(`the atom ${this.name} was not read within ${timeout} ms`, this.cell.home.id, {
          code: 'AVOUT_TIMEOUT',
        }),
      ),
    )
    try {
      await orAborted(orAborted(this.known.read(), signal), late.signal)
    } finally {
      timer.cancel()
    }
  }

  private encode(value: unknown): Encoded {
    if (value === undefined) {
      throw new ValueError(`${this.cell.name}: undefined is no value: use null`, this.cell.name, '')
    }
    return this.host.codec.encode(value, this.cell.name)
  }

  /** The data of a value that the atom may get. */
  private checked(value: unknown): Data {
    const encoded = this.encode(value)
    if (this.validators.length > 0) validate(this.name, this.validators, this.decode(encoded.data))
    return encoded.data
  }

  private decode(data: Data | undefined): unknown {
    return this.host.codec.decode(data ?? this.encodedInitial.data, this.name).value
  }

  // ---- watches

  /** Others changed it: how often in between, nobody can tell. */
  private found(before: Data | undefined, after: Data | undefined): void {
    this.changed(before, after, true)
  }

  private changed(before: Data | undefined, after: Data | undefined, resync: boolean): void {
    if (this.watches.isEmpty || isSame(before, after)) return
    const [old, value] = [this.decode(before), this.decode(after)] as [T, T]
    this.watches.tell({ old, value, position: ++this.heard, resync })
    this.host.watches.flush()
  }

  private watch(isWatched: boolean): void {
    this.stopWatching?.()
    this.stopWatching = isWatched ? this.listen() : undefined
  }

  /** Looks at it whenever its store tells of a change, and now and then. */
  private listen(): () => void {
    const ended = new AbortController()
    const look = (): void => {
      this.known.read().catch((error: unknown) => this.host.reports.noticed(error, 'an atom could not be looked at'))
    }
    const poll = async (): Promise<void> => {
      while (!ended.signal.aborted) {
        look()
        await this.host.platform.clock.sleep(POLL_MS, ended.signal)
      }
    }
    const subscribe = async (): Promise<void> => {
      const subscription = await this.cell.watch(look)
      if (subscription === undefined) return
      if (ended.signal.aborted) await subscription[Symbol.asyncDispose]()
      else ended.signal.addEventListener('abort', () => void subscription[Symbol.asyncDispose]())
    }
    for (const work of [poll(), subscribe()]) {
      work.catch((error: unknown) => {
        if (!ended.signal.aborted) this.host.reports.noticed(error, 'an atom could not be watched')
      })
    }
    const end = (): void => ended.abort()
    this.host.stopSignal.addEventListener('abort', end)
    return () => {
      this.host.stopSignal.removeEventListener('abort', end)
      end()
    }
  }
}
