import type { Counter } from '@avout/core/backend'
import { checkCount } from './check.js'
import type { Scope } from './scope.js'
import { once, repeatable } from './statement.js'

const next = once(
  'next',
  (s) => `insert into ${s}.counters as c (realm, name, value) values ($1, $2, $3)
    on conflict (realm, name) do update set value = c.value + excluded.value
    where c.value + excluded.value <= ${Number.MAX_SAFE_INTEGER}
    returning value`,
)
const current = repeatable('current', (s) => `select value from ${s}.counters where realm = $1 and name = $2`)

/** A row that counts. A call that failed may have counted: gaps are allowed, so it is not undone. */
export class PostgresCounter implements Counter {
  readonly #scope: Scope
  readonly #name: string

  constructor(scope: Scope, name: string) {
    this.#scope = scope
    this.#name = name
  }

  async next(n = 1): Promise<number> {
    this.#scope.check()
    checkCount('n', n, 1)
    const [row] = await this.#scope.run<[number]>(next, [this.#scope.realm, this.#name, n])
    if (row === undefined) throw new RangeError(`the counter "${this.#name}" is exhausted`)
    return row[0]
  }

  async current(): Promise<number> {
    this.#scope.check()
    const [row] = await this.#scope.run<[number]>(current, [this.#scope.realm, this.#name])
    return row?.[0] ?? 0
  }
}
