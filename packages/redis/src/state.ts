import type { Data, StateContainer } from '@avout/core/backend'
import { checkData, checkFunction } from './check.js'
import { canonical, fromText } from './json.js'
import type { Realm } from './realm.js'

/** One key, whose JSON has its keys sorted: then equal values are equal texts, and the server can compare them. */
export class RedisState implements StateContainer {
  readonly #realm: Realm
  readonly #key: string

  constructor(realm: Realm, name: string) {
    this.#realm = realm
    this.#key = realm.keys.state(name)
  }

  async initStateContainer(): Promise<void> {
    this.#realm.lifetime.check()
  }

  async destroyStateContainer(): Promise<void> {
    await this.#set('any', '', '')
  }

  async getState(): Promise<Data | undefined> {
    const { lifetime, link, keys } = this.#realm
    lifetime.check()
    const text = await link.call((driver) => driver.avoutLook(keys.head, this.#key))
    return text === null ? undefined : fromText(text)
  }

  async setState(value: Data): Promise<void> {
    this.#realm.lifetime.check()
    checkData('value', value)
    await this.#set('any', '', canonical(value))
  }

  async compareAndSetState(expected: Data | undefined, value: Data): Promise<boolean> {
    this.#realm.lifetime.check()
    checkData('value', value)
    if (expected === undefined) return this.#set('none', '', canonical(value))
    return this.#set('value', canonical(expected), canonical(value))
  }

  async watchState(changed: () => void): Promise<AsyncDisposable> {
    const { lifetime, messages } = this.#realm
    lifetime.check()
    checkFunction('changed', changed)
    const end = await messages.listen(this.#key, { hear: () => changed() })
    if (lifetime.ended) end()
    lifetime.check()
    const forget = lifetime.onEnd(end)
    return {
      [Symbol.asyncDispose]: async () => {
        forget()
        end()
      },
    }
  }

  async #set(how: 'any' | 'none' | 'value', expected: string, text: string): Promise<boolean> {
    const { lifetime, link } = this.#realm
    lifetime.check()
    return (await link.call((driver) => driver.avoutSet(this.#key, how, expected, text))) === 1
  }
}
