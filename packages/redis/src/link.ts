import { setTimeout as pause } from 'node:timers/promises'
import { type AvoutError, ClosedError, UnavailableError } from '@avout/core'
import { Connection, type ConnectionState } from './connection.js'
import { type Driver, makeDriver, type Role } from './driver.js'
import { judge, toAvoutError } from './errors.js'
import type { Address, Settings } from './options.js'
import { checkServer, locate } from './server.js'

const PAUSE_MS = 50

export type Send<T> = (driver: Driver) => Promise<T>

/**
 * The way to the master of one realm: all keys of a realm lie in one slot, so also on a Cluster it is one server, to which plain
 * connections lead. The driver's own Cluster client sends again by itself, and one of its connections waits for another; here
 * nothing is sent twice but what certainly did nothing.
 */
export class Link {
  readonly settings: Settings
  readonly #key: string
  readonly #changed: (state: ConnectionState, error: unknown) => void
  /** Where the master is thought to be; undefined where the driver's own options say it. */
  #address: Address | undefined
  /** Where else to ask, on a Cluster. */
  #nodes: readonly Address[] = []
  #isCluster = false
  #closed = false
  #searching = false
  #commands: Connection | undefined
  /** Appends that wait for replicas hold up whatever comes behind them, so they have their own. */
  #appends: Connection | undefined
  readonly #followers = new Set<() => void>()

  constructor(settings: Settings, key: string, changed: (state: ConnectionState, error: unknown) => void) {
    this.settings = settings
    this.#key = key
    this.#changed = changed
  }

  /** The backend and the server, for errors. */
  get where(): string {
    const { id, driver } = this.settings
    const { host, port } = this.#address ?? driver
    const name =
      driver.path ?? (driver.sentinels ? `sentinel ${driver.name ?? ''}` : `${host ?? 'localhost'}:${port ?? 6379}`)
    return id === 'redis' ? `Redis at ${name}` : `${id} (Redis at ${name})`
  }

  /** Resolves when the master answers and will do. */
  async open(): Promise<void> {
    const addresses = await this.#inTime(this.settings.addresses())
    const failures: unknown[] = []
    for (const address of addresses.length === 0 ? [undefined] : addresses) {
      this.#nodes = addresses
      this.#aim(address)
      try {
        await this.call((driver) => driver.ping())
        return
      } catch (error) {
        failures.push(error)
      }
    }
    this.close()
    throw failures[0]
  }

  /** A connection of one's own to wherever the master is. The caller closes it. */
  connect(role: Role): Connection {
    return new Connection({
      driver: makeDriver(this.settings, role, this.#address),
      timeout: this.settings.timeout,
      where: this.where,
      id: this.settings.id,
    })
  }

  /** Calls `moved` when the master is somewhere else: connections of one's own are to be made again. */
  onMove(moved: () => void): () => void {
    this.#followers.add(moved)
    return () => this.#followers.delete(moved)
  }

  /** Sends a command to the master. Rejects with an error of Avout; where it may have been done, as `unavailable`. */
  call<T>(send: Send<T>): Promise<T> {
    return this.#call(() => this.#commands, send)
  }

  /** As `call`, on the connection of appends: what is sent at once stays together on it. */
  append<T>(send: Send<T>): Promise<T> {
    if (this.settings.wait === undefined && this.settings.waitAof === undefined) return this.call(send)
    this.#appends ??= this.connect('commands')
    return this.#call(() => {
      this.#appends ??= this.connect('commands')
      return this.#appends
    }, send)
  }

  /** What a connection of one's own met: where the keys are elsewhere, the link follows. */
  met(error: unknown): void {
    const verdict = judge(error)
    if (verdict.next === 'move') this.#move(verdict.to)
  }

  /** An error of the driver as one of Avout. */
  errorOf(error: unknown): AvoutError {
    return toAvoutError(error, this.settings.id, this.where)
  }

  close(): void {
    this.#closed = true
    this.#commands?.close()
    this.#appends?.close()
    this.#followers.clear()
  }

  async #call<T>(connectionOf: () => Connection | undefined, send: Send<T>): Promise<T> {
    const end = performance.now() + this.settings.timeout
    for (;;) {
      const connection = this.#closed ? undefined : connectionOf()
      if (connection === undefined) throw new ClosedError('this session of the Redis backend is closed')
      if (!connection.isUp) await this.#up(connection, end)
      try {
        return await send(connection.driver)
      } catch (error) {
        if (this.#closed) throw new ClosedError('closed while waiting for Redis', { cause: this.errorOf(error) })
        const verdict = judge(error)
        if (verdict.next === 'abandon' || verdict.next === 'reconnect') connection.reset()
        if (verdict.next === 'move') this.#move(verdict.to)
        if (verdict.next === 'abandon' || verdict.next === 'fail' || performance.now() + PAUSE_MS > end) {
          throw this.errorOf(error)
        }
        if (verdict.next !== 'move') await pause(PAUSE_MS)
      }
    }
  }

  /** On a Cluster the connection that is waited for may be another one by then. */
  async #up(connection: Connection, end: number): Promise<void> {
    try {
      await connection.up(end - performance.now())
    } catch (error) {
      const moved = connection !== this.#commands && connection !== this.#appends
      if (!moved || this.#closed || performance.now() > end) throw this.errorOf(error)
    }
  }

  /** Makes the master's address another one. */
  #aim(address: Address | undefined): void {
    if (this.#closed) return
    this.#address = address
    const before = [this.#commands, this.#appends]
    this.#appends = undefined
    const connection: Connection = new Connection({
      driver: makeDriver(this.settings, 'commands', address),
      timeout: this.settings.timeout,
      where: this.where,
      id: this.settings.id,
      prepare: (driver) => this.#prepare(driver, () => connection === this.#commands),
      changed: (state, error) => {
        if (connection === this.#commands) this.#report(state, error)
      },
    })
    this.#commands = connection
    for (const old of before) old?.close()
    for (const moved of [...this.#followers]) moved()
  }

  async #prepare(driver: Driver, isCurrent: () => boolean): Promise<void> {
    this.#isCluster = await checkServer(driver, this.settings, this.where)
    if (!this.#isCluster || !isCurrent()) return
    const self = this.#address ?? { host: '127.0.0.1', port: 6379 }
    const { master, nodes } = await locate(driver, this.#key, self)
    this.#nodes = nodes.map(this.settings.translate)
    const target = master && this.settings.translate(master)
    if (target === undefined)
      throw new UnavailableError(`${this.where}: no master has the slot of ${this.#key}`, this.settings.id)
    if (isCurrent() && (target.host !== self.host || target.port !== self.port)) this.#aim(target)
  }

  #report(state: ConnectionState, error: unknown): void {
    this.#changed(state, error === undefined ? undefined : this.errorOf(error))
    if (state !== 'up' && this.#isCluster) void this.#search()
  }

  /** `MOVED` names where the keys are now. Without a host it is the one that said so. */
  #move(to: string): void {
    const at = to.lastIndexOf(':')
    const host = to.slice(0, at) || (this.#address?.host ?? '127.0.0.1')
    const target = this.settings.translate({ host, port: Number(to.slice(at + 1)) })
    if (target.host !== this.#address?.host || target.port !== this.#address.port) this.#aim(target)
  }

  /** The master of a Cluster does not answer: the other nodes know who follows it. */
  async #search(): Promise<void> {
    if (this.#searching) return
    this.#searching = true
    while (!this.#closed && !this.#commands?.isUp) {
      await pause(500)
      for (const node of this.#nodes) {
        if (this.#closed || this.#commands?.isUp) break
        if (await this.#ask(node)) break
      }
    }
    this.#searching = false
  }

  /** Whether this node knew another master than the one that does not answer. */
  async #ask(node: Address): Promise<boolean> {
    const connection = new Connection({
      driver: makeDriver(this.settings, 'commands', node),
      timeout: this.settings.timeout,
      where: this.where,
      id: this.settings.id,
    })
    try {
      await connection.up(Math.min(1000, this.settings.timeout))
      const { master, nodes } = await locate(connection.driver, this.#key, node)
      const target = master && this.settings.translate(master)
      if (target === undefined || (target.host === this.#address?.host && target.port === this.#address.port))
        return false
      this.#nodes = nodes.map(this.settings.translate)
      if (!this.#commands?.isUp) this.#aim(target)
      return true
    } catch {
      return false // the next one may know
    } finally {
      connection.close()
    }
  }

  async #inTime<T>(work: Promise<T>): Promise<T> {
    const { timeout, id } = this.settings
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new UnavailableError(`${this.where} is not to be reached`, id)), timeout)
    })
    try {
      return await Promise.race([work, late])
    } catch (error) {
      throw this.errorOf(error)
    } finally {
      clearTimeout(timer)
    }
  }
}
