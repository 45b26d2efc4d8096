import type { Backend, BackendState, Primitives, Session } from '../contracts/backend.js'
import type { Clock } from '../contracts/clock.js'
import type { Data } from '../contracts/data.js'
import type { Log } from '../contracts/log.js'
import type { At, Head, Stored, VersionedStateContainer, VersionedStates } from '../contracts/versions.js'
import { usageError } from '../errors.js'
import type { Version } from '../state/version.js'

/** Whatever a backend may offer: what it does offer shows when it is open. */
export type AnySession = Partial<Primitives> & Pick<Session<never>, 'ping' | 'close'>

/** One backend of a client, opened when it is first needed, and closed with the client. */
export class Home {
  state: BackendState = 'connecting'
  error: unknown = undefined
  /** Undefined until it is open. */
  session: AnySession | undefined = undefined
  private opening: Promise<AnySession> | undefined = undefined
  private readonly initialised = new Map<string, Promise<void>>()

  constructor(
    readonly backend: Backend<keyof Primitives>,
    private readonly open: () => Promise<AnySession>,
  ) {}

  get id(): string {
    return this.backend.id
  }

  /** Its versioned states; undefined until it is open, or where it has none. */
  get versions(): VersionedStates | undefined {
    return this.session?.versions
  }

  /** How much later its values may be stored, in ms, where they follow behind. */
  get behind(): number | undefined {
    return this.session?.versions?.behind
  }

  /** Whether it has a view of current values. */
  get showsCurrent(): boolean {
    return this.session?.versions?.setCurrent !== undefined
  }

  /** Whether values that live here can go along with an append to this log. */
  goesWith(log: Log): boolean {
    return log.appendWith !== undefined && this.session?.log === log
  }

  /** Shows heads in its view of current values; nothing where it has none. */
  async setCurrent(heads: readonly Head[]): Promise<void> {
    await (await this.readyVersions()).setCurrent?.(heads)
  }

  /** Stores values under their versions: in one batch where the store has that form. */
  async setMany(entries: readonly Stored[]): Promise<void> {
    if (entries.length === 0) return
    const versions = await this.readyVersions()
    if (versions.setMany !== undefined) await versions.setMany(entries)
    else await Promise.all(entries.map((entry) => this.setOne(entry)))
  }

  /** The values of versions; undefined where it holds none. */
  async getMany(keys: readonly At[]): Promise<readonly (Data | undefined)[]> {
    const versions = await this.readyVersions()
    if (versions.getMany !== undefined) return versions.getMany(keys)
    return Promise.all(keys.map(async ({ ref, version }) => (await this.container(ref)).getStateAt(version)))
  }

  private async setOne({ ref, version, value }: Stored): Promise<void> {
    await (await this.container(ref)).setStateAt(value, version)
  }

  /** The container of a ref, initialised once. */
  private async container(ref: string): Promise<VersionedStateContainer> {
    const container = (await this.readyVersions()).container(ref)
    let ready = this.initialised.get(ref)
    if (ready === undefined) {
      ready = container.initVersionedStateContainer()
      this.initialised.set(ref, ready)
      ready.catch(() => this.initialised.delete(ref)) // told to whoever waits for it below; the next one tries again
    }
    await ready
    return container
  }

  private async readyVersions(): Promise<VersionedStates> {
    const { versions } = this.session ?? (await this.ready())
    if (versions !== undefined) return versions
    throw usageError('AVOUT_NO_VERSIONS', `the backend "${this.id}" keeps no versioned values: no ref can live there`)
  }

  /** Opens it. A failure is told to whoever asked, and the next one tries again. */
  ready(): Promise<AnySession> {
    this.opening ??= this.open().then(
      (session) => {
        this.session = session
        return session
      },
      (error: unknown) => {
        this.opening = undefined
        throw error
      },
    )
    return this.opening
  }

  async close(): Promise<void> {
    if (this.session !== undefined) await this.session.close()
    else if (this.opening !== undefined) {
      const [outcome] = await Promise.allSettled([this.opening])
      if (outcome.status === 'fulfilled') await outcome.value.close()
    }
  }
}

/** The backends of a client by the `id` that they have in the log. */
export class Homes {
  private readonly homes = new Map<string, Home>()

  constructor(
    private readonly realm: string,
    private readonly clock: Clock,
    private readonly changed: () => void,
  ) {}

  /** Makes a backend known. Another one of the same id is refused: a record could mean either. */
  add(backend: Backend<any>): Home {
    checkBackend(backend)
    const known = this.homes.get(backend.id)
    if (known === undefined) {
      const home: Home = new Home(backend, () => this.open(home))
      this.homes.set(backend.id, home)
      return home
    }
    if (known.backend !== backend) {
      throw usageError('AVOUT_BACKEND_ID', `two backends have the id "${backend.id}": give one of them another id`)
    }
    return known
  }

  get(id: string): Home | undefined {
    return this.homes.get(id)
  }

  /** The home that `what` is declared to live in: a backend, or the id of one of this client's. */
  named(what: string, home: Backend<any> | string): Home {
    if (typeof home !== 'string') return this.add(home)
    const known = this.homes.get(home)
    if (known !== undefined) return known
    throw usageError(
      'AVOUT_BACKEND',
      `${what} lives in "${home}", which is none of this client's backends: connect with it`,
    )
  }

  values(): IterableIterator<Home> {
    return this.homes.values()
  }

  private async open(home: Home): Promise<AnySession> {
    const { realm, clock } = this
    const session = await home.backend.open({
      realm,
      clock,
      report: (state, error) => this.report(home, state, error),
    })
    this.report(home, 'up', undefined)
    return session
  }

  private report(home: Home, state: BackendState, error: unknown): void {
    home.error = state === 'up' ? undefined : error
    if (home.state === state) return
    home.state = state
    this.changed()
  }
}

/** Versions whose values are known, as a store takes them. */
export function entriesOf(versions: readonly Version[]): Stored[] {
  const entries = new Array<Stored>(versions.length)
  for (let i = 0; i < entries.length; i++) {
    const { state, id, data } = versions[i] as Version
    entries[i] = { ref: state.name, version: id, value: data as Data }
  }
  return entries
}

function checkBackend(backend: Backend<any>): void {
  if (typeof backend?.open !== 'function' || typeof backend.id !== 'string' || backend.id === '') {
    throw usageError('AVOUT_BACKEND', 'a backend is an object with an id and an open function: see @avout/core/backend')
  }
  if (backend.specificationVersion !== 1) {
    throw usageError(
      'AVOUT_BACKEND',
      `the backend "${backend.id}" follows version ${String(backend.specificationVersion)} of the contracts, this core version 1`,
    )
  }
}
