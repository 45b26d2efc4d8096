import type { Data, StateContainer } from '@avout/core/backend'
import { checkData, checkFunction } from './check.js'
import { checkSize, encode } from './json.js'
import type { Scope } from './scope.js'
import { once, repeatable } from './statement.js'

const ROW = 'realm = $1 and name = $2'

const get = repeatable('state', (s) => `select value from ${s}.states where ${ROW}`)
const look = repeatable('state-look', (s) => `select xmin::text from ${s}.states where ${ROW}`)
const set = once(
  'state-set',
  (s) => `insert into ${s}.states (realm, name, value) values ($1, $2, $3::jsonb)
    on conflict (realm, name) do update set value = excluded.value`,
)
const setNew = once(
  'state-new',
  (s) => `insert into ${s}.states (realm, name, value) values ($1, $2, $3::jsonb) on conflict do nothing`,
)
const replace = once(
  'state-replace',
  (s) => `update ${s}.states set value = $3::jsonb where ${ROW} and value = $4::jsonb`,
)
const destroy = once('state-destroy', (s) => `delete from ${s}.states where ${ROW}`)

/** One mutable value: a row of `jsonb`, which PostgreSQL compares deeply and whatever the order of keys. */
export class PostgresState implements StateContainer {
  readonly #scope: Scope
  readonly #name: string

  constructor(scope: Scope, name: string) {
    this.#scope = scope
    this.#name = name
  }

  async initStateContainer(): Promise<void> {
    this.#scope.check()
  }

  async destroyStateContainer(): Promise<void> {
    this.#scope.check()
    await this.#scope.run(destroy, this.#row)
    this.#changed()
  }

  async getState(): Promise<Data | undefined> {
    this.#scope.check()
    const [row] = await this.#scope.run<[Data]>(get, this.#row)
    return row?.[0]
  }

  async setState(value: Data): Promise<void> {
    this.#scope.check()
    await this.#scope.run(set, [...this.#row, jsonOf(value)])
    this.#changed()
  }

  async compareAndSetState(expected: Data | undefined, value: Data): Promise<boolean> {
    this.#scope.check()
    const json = jsonOf(value)
    const count =
      expected === undefined
        ? await this.#scope.count(setNew, [...this.#row, json])
        : await this.#scope.count(replace, [...this.#row, json, encode(expected)])
    if (count > 0) this.#changed()
    return count > 0
  }

  async watchState(changed: () => void): Promise<AsyncDisposable> {
    this.#scope.check()
    checkFunction('changed', changed)
    return this.#scope.listen(this.#topic, changed, async () => {
      const [row] = await this.#scope.run<[string]>(look, this.#row)
      return row?.[0] ?? 'none'
    })
  }

  get #row(): [number, string] {
    return [this.#scope.realm, this.#name]
  }

  get #topic(): string {
    return `S${this.#scope.realm}:${this.#name}`
  }

  #changed(): void {
    this.#scope.notifier.changed(this.#topic)
  }
}

function jsonOf(value: Data): string {
  checkData('value', value)
  checkSize(value)
  return encode(value)
}
