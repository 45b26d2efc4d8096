import { AvoutError, UnavailableError } from '@avout/core'
import type { Driver } from './driver.js'
import { codeOf, isRefusal } from './errors.js'

export type ConnectionState = 'up' | 'connecting' | 'down'

export interface ConnectionParts {
  readonly driver: Driver
  readonly timeout: number
  /** Names it in errors. */
  readonly where: string
  readonly id: string
  /** Asked of each new connection before it is used: rejects where the server will not do. */
  prepare?(driver: Driver): Promise<void>
  changed?(state: ConnectionState, error: unknown): void
}

/** How long the driver is left alone after it gave up by itself. */
const REVIVE_MS = 500

/** One connection, made again whenever it is lost, until it is closed. */
export class Connection {
  readonly driver: Driver
  readonly #parts: ConnectionParts
  readonly #waiting = new Set<() => void>()
  #prepared = false
  #closed = false
  #error: unknown
  /** Why this server will not do: waiting does not mend that. */
  #refusal: unknown
  #revival: NodeJS.Timeout | undefined

  constructor(parts: ConnectionParts) {
    this.#parts = parts
    const { driver } = parts
    this.driver = driver
    driver.on('ready', () => this.#ready())
    driver.on('close', () => this.#lost())
    driver.on('end', () => this.#ended())
    // Without a listener an error ends the process.
    driver.on('error', (error: unknown) => this.#failed(error))
    this.#connect()
  }

  get isUp(): boolean {
    return this.#prepared && this.driver.status === 'ready'
  }

  get isClosed(): boolean {
    return this.#closed
  }

  /** Resolves when it is up; rejects with `UnavailableError`, or with why the server will not do, `ms` from now at the latest. */
  async up(ms: number): Promise<void> {
    if (this.#refusal !== undefined && this.driver.status === 'ready') await this.#prepare()
    if (this.isUp) return
    await new Promise<void>((resolve, reject) => {
      const settle = () => {
        if (this.isUp) end(resolve)
        else if (this.#refusal !== undefined) end(() => reject(this.#refusal))
        else if (this.#closed) end(() => reject(this.#unavailable('is closed')))
      }
      const end = (how: () => void) => {
        clearTimeout(timer)
        this.#waiting.delete(settle)
        how()
      }
      const timer = setTimeout(() => end(() => reject(this.#unavailable('is not to be reached'))), Math.max(0, ms))
      this.#waiting.add(settle)
      settle()
    })
  }

  /** Drops the connection, and what waits for an answer on it, and makes a new one. */
  reset(): void {
    this.#prepared = false
    if (!this.#closed && this.driver.status === 'ready') this.driver.stream.destroy()
  }

  close(): void {
    this.#closed = true
    clearTimeout(this.#revival)
    this.driver.disconnect()
    this.#wake()
  }

  #connect(): void {
    // As a rule it has told why as an event before, and better.
    this.driver.connect().catch((error: unknown) => {
      if (this.#error === undefined) this.#failed(error)
    })
  }

  #ready(): void {
    void this.#prepare()
  }

  async #prepare(): Promise<void> {
    const { stream } = this.driver
    try {
      await this.#parts.prepare?.(this.driver)
      if (this.#closed || stream !== this.driver.stream) return
      this.#prepared = true
      this.#error = undefined
      this.#refusal = undefined
      this.#parts.changed?.('up', undefined)
    } catch (error) {
      if (this.#closed || stream !== this.driver.stream) return
      this.#error = error
      if (codeOf(error) !== undefined || AvoutError.isInstance(error)) this.#refusal = error
      else this.reset()
      this.#parts.changed?.('down', error)
    }
    this.#wake()
  }

  #lost(): void {
    const was = this.#prepared
    this.#prepared = false
    if (was && !this.#closed) this.#parts.changed?.('connecting', this.#error)
  }

  /** The driver does not try again by itself where it could not even find out where to connect to. */
  #ended(): void {
    if (this.#closed) return
    clearTimeout(this.#revival)
    this.#revival = setTimeout(() => this.#connect(), REVIVE_MS)
  }

  #failed(error: unknown): void {
    if (this.#closed) return
    this.#error = error
    if (this.#prepared) return
    if (isRefusal(error)) this.#refusal = error
    this.#parts.changed?.('down', error)
    this.#wake()
  }

  #wake(): void {
    for (const settle of [...this.#waiting]) settle()
  }

  #unavailable(what: string): UnavailableError {
    const { where, id } = this.#parts
    const because = this.#error instanceof Error && this.#error.message !== '' ? `: ${this.#error.message}` : ''
    return new UnavailableError(`${where} ${what}${because}`, id)
  }
}
