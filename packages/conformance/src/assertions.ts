import { deepStrictEqual, fail } from 'node:assert/strict'
import { AvoutError, type ErrorKind } from '@avout/core'
import type { Data } from '@avout/core/backend'
import { clock } from './client.js'

/** What scenarios check with. They say what they looked at, for who reads a report and not the code. */
export class Assertions {
  ok(condition: boolean, what: string): void {
    if (!condition) fail(what)
  }

  equal(got: unknown, wanted: unknown, what: string): void {
    deepStrictEqual(got, wanted, `${what}: got ${shown(got)}, wanted ${shown(wanted)}`)
  }

  /** Equal as JSON, whatever the order of keys. */
  equalData(got: Data | undefined, wanted: Data | undefined, what: string): void {
    this.equal(canonical(got), canonical(wanted), what)
  }

  /** That it rejects, with what. */
  async rejects(call: () => Promise<unknown>, what: string): Promise<unknown> {
    try {
      await call()
    } catch (error) {
      return error
    }
    return fail(`${what} was not refused`)
  }

  async rejectsAs(kind: ErrorKind, call: () => Promise<unknown>, what: string): Promise<void> {
    const error = await this.rejects(call, what)
    if (!AvoutError.isInstance(error)) fail(`${what} was refused with no error of Avout: ${String(error)}`)
    this.equal(error.kind, kind, `the kind of the error of ${what}`)
  }

  /** Work that is awaited later: it may fail before. */
  begin<T>(work: Promise<T>): Promise<T> {
    void Promise.allSettled([work])
    return work
  }

  /** Waits for what a law promises for "some time after". */
  async eventually(condition: () => boolean | Promise<boolean>, what: string, within = 10_000): Promise<void> {
    const end = clock.now() + within
    while (!(await condition())) {
      if (clock.now() > end) fail(`${what}: not within ${within} ms`)
      await clock.sleep(5)
    }
  }
}

function shown(value: unknown): string {
  const text = value instanceof Uint8Array ? `${value.length} bytes` : (JSON.stringify(value) ?? String(value))
  return text.length > 200 ? `${text.slice(0, 200)}…` : text
}

/** JSON with sorted keys. Prototypes do not count, an own key `__proto__` does. */
function canonical(value: Data | undefined): string {
  if (value === undefined) return 'undefined'
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  if (isList(value)) return `[${value.map(canonical).join()}]`
  const keys = Object.keys(value).sort()
  return `{${keys.map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`).join()}}`
}

function isList(value: Data): value is readonly Data[] {
  return Array.isArray(value)
}
