// A backend that a stranger publishes: a counter and write-once versions over HTTP; core composes the log.
import { type Avout, ClosedError, composeLog, UnavailableError } from '@avout/core'
import type { Backend, BackendContext, Counter, Data, Session, VersionedStates } from '@avout/core/backend'

export function http(url: string, options: { id?: string } = {}): Backend<'counter' | 'versions'> {
  const id = options.id ?? 'http'
  const request = async (path: string, query: Record<string, string>, init: RequestInit = {}): Promise<Response> => {
    const target = new URL(`${path}?${new URLSearchParams(query)}`, url)
    let response: Response
    try {
      response = await fetch(target, { ...init, signal: AbortSignal.timeout(20_000) })
    } catch (cause) {
      throw new UnavailableError(`${id} did not answer`, id, { cause })
    }
    if (response.status >= 500) throw new UnavailableError(`${id} answered ${response.status}`, id)
    return response
  }
  return {
    specificationVersion: 1,
    id,
    open: async ({ realm }: BackendContext): Promise<Session<'counter' | 'versions'>> => {
      let isClosed = false
      const call: typeof request = async (...args) => {
        if (isClosed) throw new ClosedError(`this session of ${id} is closed`)
        return request(...args)
      }
      await call('', {})
      return {
        counter: counterOver(call, realm),
        versions: versionsOver(call, realm),
        ping: async () => {
          await call('', {})
        },
        close: async () => {
          isClosed = true
        },
      }
    },
  }
}

type Call = (path: string, query: Record<string, string>, init?: RequestInit) => Promise<Response>

const counterOver =
  (call: Call, realm: string) =>
  (name: string): Counter => ({
    next: async (n = 1) => Number(await (await call('counter', { realm, name, n: `${n}` }, { method: 'POST' })).text()),
    current: async () => Number(await (await call('counter', { realm, name })).text()),
  })

const versionsOver = (call: Call, realm: string): VersionedStates => ({
  container: (ref) => ({
    initVersionedStateContainer: async () => {},
    destroyVersionedStateContainer: async () => {
      await call('values', { realm, ref }, { method: 'DELETE' })
    },
    getStateAt: async (version) => {
      const response = await call('value', { realm, ref, version })
      return response.status === 404 ? undefined : ((await response.json()) as Data)
    },
    setStateAt: async (value, version) => {
      const init = { method: 'PUT', headers: { 'if-none-match': '*' }, body: JSON.stringify(value) }
      return (await call('value', { realm, ref, version }, init)).status === 201
    },
    deleteStateAt: async (version) => {
      await call('value', { realm, ref, version }, { method: 'DELETE' })
    },
  }),
  // Optional, but the composed log reads many slots at a time. Absent is no element, for null is a value.
  getMany: async (keys) => {
    const response = await call('many', { realm }, { method: 'POST', body: JSON.stringify(keys) })
    return ((await response.json()) as Data[][]).map(([value]) => value)
  },
})

composeLog({ counter: http('http://127.0.0.1'), slots: http('http://127.0.0.1') }) satisfies Backend<'log'>

export function mistake(avout: Avout) {
  const counterOnly: Backend<'counter'> = http('http://127.0.0.1')
  // @ts-expect-error it keeps no values: a ref cannot live there
  avout.ref('/a', 0, { in: counterOnly })
}
