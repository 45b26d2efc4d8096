import type { Declared, RefDefinition, Validator } from '../api/definitions.js'
import { type Op, OpCall } from '../api/ops.js'
import type { ReadOptions } from '../api/options.js'
import type { Change, Ref } from '../api/reference.js'
import { unfoldedOn } from '../commit/folds.js'
import type { Home } from '../commit/homes.js'
import type { Data } from '../contracts/data.js'
import { IncompatibleError, UnavailableError, usageError, ValueError } from '../errors.js'
import type { Step } from '../state/made.js'
import type { RefState } from '../state/ref-state.js'
import type { Version } from '../state/version.js'
import type { Encoded } from '../values/codec.js'
import { utf8Length } from '../values/size.js'
import type { ReferenceHost } from './host.js'
import { validate } from './validate.js'

type Watch<T> = (key: string, reference: any, old: T, value: T, change: Change<T>) => void

/** A ref of one client: where its values live, and how they are read, judged and written. */
export class RefHandle<T> implements Ref<T> {
  readonly kind = 'ref'
  readonly name: string
  private readonly encodedInitial: Encoded
  private validators: readonly Validator<any>[]
  private upgrade: Declared['upgrade']

  constructor(
    readonly host: ReferenceHost,
    readonly state: RefState,
    readonly home: Home,
    definition: RefDefinition<T>,
    declared: Declared,
  ) {
    this.name = definition.name
    this.encodedInitial = host.codec.encode(definition.initial, definition.name)
    this.validators = declared.validators
    this.upgrade = declared.upgrade
  }

  /** Declared once more, perhaps with what judges and migrates its values: the last word counts, silence is none. */
  declareAgain({ validators, upgrade }: Declared): void {
    if (validators.length > 0) this.validators = validators
    if (upgrade !== undefined) this.upgrade = upgrade
  }

  get initial(): T {
    return this.shared(this.encodedInitial) as T
  }

  get initialData(): Data {
    return this.encodedInitial.data
  }

  deref(options: ReadOptions = {}): Promise<T> {
    return this.host.deref(this, options)
  }

  addWatch(key: string, watch: Watch<T>): void {
    this.host.watches.add(this, key, watch)
  }

  removeWatch(key: string): void {
    this.host.watches.remove(this, key)
  }

  changes(options: { signal?: AbortSignal } = {}): AsyncIterable<Change<T>> {
    return this.host.watches.changes(this, options.signal)
  }

  async setValidator(validator: Validator<T> | null): Promise<void> {
    const validators = validator === null ? [] : [validator]
    validate(this.name, validators, await this.host.deref(this, {}))
    this.validators = validators
  }

  // ---- for transactions

  encode(value: unknown): Encoded {
    if (value === undefined) {
      throw new ValueError(`${this.name}: undefined is no value: use null, or tx.delete`, this.name, '')
    }
    return this.host.codec.encode(value, this.name)
  }

  /** What readers get: an own copy each where the value could be changed. */
  shared(encoded: Encoded): unknown {
    return encoded.shareable ? encoded.value : this.host.codec.decode(encoded.data, this.name).value
  }

  /** The value at a version; a promise where only the container has it. */
  valueOf(version: Version): unknown {
    if (!version.exists) return this.initial
    if (version.hasValue) return version.value
    const { made } = version
    if (made !== undefined && !this.host.folds.fold(version)) return this.loadAndFold(version)
    if (made?.fault !== undefined) throw made.fault
    const data = version.data === undefined ? version.loaded : version.data // null is a value
    return data === undefined ? this.load(version) : this.decode(version, data)
  }

  /** Whether the value at a version is known without asking its container. */
  isAtHand(version: Version): boolean {
    if (!version.exists || version.hasValue || version.data !== undefined) return true
    return version.made === undefined ? version.loaded !== undefined : unfoldedOn(version) === undefined
  }

  get hasValidator(): boolean {
    return this.validators.length > 0
  }

  /** An operation as records carry it. */
  stepOf(op: Op<any>): Step {
    if (!(op instanceof OpCall)) {
      throw usageError(
        'AVOUT_OPERATION',
        `${this.name}: commute takes a function, or an operation: ops.add(…), defineOp(…)`,
      )
    }
    const { name, version, argument, definition } = op
    if (definition !== undefined && !this.host.folds.has(definition)) {
      throw usageError(
        'AVOUT_OPERATION',
        `${this.name}: this client does not know the operation "${name}", version ${version}: connect with it, { ops: […] }`,
      )
    }
    return { name, version, argument: this.host.codec.encode(argument, this.name).data }
  }

  /** An operation as what commute takes instead of one. */
  updateOf(step: Step): (value: unknown) => unknown {
    return (value) => this.operated(value, [step])
  }

  /** What operations make of a value: throws where it is none that they can be applied to, or their bound is in the way. */
  operated(value: unknown, steps: readonly Step[]): unknown {
    return this.host.codec.decode(this.operatedData(this.encode(value).data, steps), this.name).value
  }

  operatedData(data: Data, steps: readonly Step[]): Data {
    let made = data
    for (const step of steps) made = this.host.folds.apply(this.name, made, step)
    return made
  }

  validate(value: unknown): void {
    if (this.validators.length > 0) validate(this.name, this.validators, value)
  }

  /** Values of one ref live in one place: a client that declares another would not find them. */
  checkHome(version: Version): void {
    if (!version.exists || version.home === this.home.id) return
    throw usageError(
      'AVOUT_HOME',
      `${this.name} lives in the backend "${version.home}", but is declared here to live in "${this.home.id}"`,
    )
  }

  /** Throws for a value that the store can never hold: after the append it would block redo for ever. */
  checkStorable(data: Data | undefined): void {
    const { session } = this.home
    if (session === undefined) return
    const { versions } = session
    if (versions === undefined) {
      throw usageError('AVOUT_NO_VERSIONS', `${this.name}: the backend "${this.home.id}" keeps no versioned values`)
    }
    if (data === undefined || typeof data === 'number' || typeof data === 'boolean' || data === null) return
    try {
      versions.check?.(data)
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      throw new ValueError(`${this.name}: "${this.home.id}" cannot hold this value: ${reason}`, this.name, '', {
        cause: error,
      })
    }
    if (versions.maxBytes === undefined) return
    const size = utf8Length(JSON.stringify(data))
    if (size > versions.maxBytes) {
      const limit = `"${this.home.id}" holds ${versions.maxBytes} bytes at most`
      throw new ValueError(`${this.name}: the value takes ${size} bytes, ${limit}`, this.name, '')
    }
  }

  /** Of a version made by operations: what they are folded onto is in its container alone. */
  private async loadAndFold(version: Version): Promise<unknown> {
    const base = unfoldedOn(version)
    if (base !== undefined) await this.load(base)
    return this.valueOf(version)
  }

  private async load(version: Version): Promise<unknown> {
    const [data] = await this.home.getMany([{ ref: this.name, version: version.id }])
    if (data === undefined) {
      throw new UnavailableError(`"${this.home.id}" does not hold version ${version.id} of ${this.name}`, this.home.id)
    }
    version.loaded = data
    return this.decode(version, data)
  }

  private decode(version: Version, data: Data): unknown {
    const decoded = this.host.codec.decode(data, this.name)
    const { upgrade } = this
    const value = upgrade === undefined ? decoded.value : this.upgraded(upgrade, decoded.value)
    if (!decoded.shareable) return value
    version.value = value
    version.hasValue = true
    return value
  }

  private upgraded(upgrade: (stored: unknown) => unknown, stored: unknown): unknown {
    try {
      return this.shared(this.encode(upgrade(stored)))
    } catch (error) {
      throw new IncompatibleError(`upgrade() of ${this.name} failed on what is stored: ${String(error)}`, {
        cause: error,
      })
    }
  }
}
