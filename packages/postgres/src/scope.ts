import type { Clock } from '@avout/core/backend'
import type { Connection } from './connection.js'
import type { Lifetime } from './lifetime.js'
import type { Notifier } from './notifier.js'
import type { Statement } from './statement.js'

/** What the primitives of one session share. */
export class Scope {
  readonly connection: Connection
  readonly notifier: Notifier
  readonly lifetime: Lifetime
  readonly clock: Clock
  /** The number of the session's realm. */
  readonly realm: number

  constructor(connection: Connection, notifier: Notifier, lifetime: Lifetime, clock: Clock, realm: number) {
    this.connection = connection
    this.notifier = notifier
    this.lifetime = lifetime
    this.clock = clock
    this.realm = realm
  }

  /** Throws `ClosedError` once the session was closed. */
  check(): void {
    this.lifetime.check()
  }

  run<Row extends readonly unknown[]>(statement: Statement, values: readonly unknown[]): Promise<Row[]> {
    return this.connection.run(statement, values)
  }

  count(statement: Statement, values: readonly unknown[]): Promise<number> {
    return this.connection.count(statement, values)
  }

  /** Calls `call` after changes of `topic`, until it is disposed of or the session ends. */
  listen(topic: string, call: () => void, look?: () => Promise<string>): AsyncDisposable {
    let listens = true
    const remove = this.notifier.add(topic, { call: () => listens && call(), look })
    const end = () => {
      listens = false
      remove()
    }
    const forget = this.lifetime.onEnd(end)
    return {
      [Symbol.asyncDispose]: async () => {
        forget()
        end()
      },
    }
  }
}
