import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

interface Answer {
  readonly status: number
  readonly body?: string
}

/** A real server of counters and write-once values, for the backend of program 10. */
export async function valueServer(): Promise<{ readonly url: string; close(): Promise<void> }> {
  const counters = new Map<string, number>()
  const values = new Map<string, Map<string, string>>()

  const count = (method: string, query: URLSearchParams): Answer => {
    const key = JSON.stringify([query.get('realm'), query.get('name')])
    const value = (counters.get(key) ?? 0) + (method === 'POST' ? Number(query.get('n')) : 0)
    counters.set(key, value)
    return { status: 200, body: String(value) }
  }

  const value = async (request: IncomingMessage, query: URLSearchParams): Promise<Answer> => {
    const body = await text(request)
    const ref = JSON.stringify([query.get('realm'), query.get('ref')])
    const version = query.get('version') as string
    const versions = values.get(ref) ?? new Map<string, string>()
    values.set(ref, versions)
    const there = versions.get(version)
    if (request.method === 'DELETE') versions.delete(version)
    else if (request.method === 'PUT' && there === undefined) versions.set(version, body)
    if (request.method === 'PUT') return { status: there === undefined ? 201 : 412 }
    if (request.method === 'DELETE') return { status: 204 }
    return there === undefined ? { status: 404 } : { status: 200, body: there }
  }

  const many = async (request: IncomingMessage, realm: string | null): Promise<Answer> => {
    const keys = JSON.parse(await text(request)) as { ref: string; version: string }[]
    const found = keys.map(({ ref, version }) => values.get(JSON.stringify([realm, ref]))?.get(version))
    return { status: 200, body: `[${found.map((json) => `[${json ?? ''}]`).join()}]` }
  }

  const answer = (request: IncomingMessage): Answer | Promise<Answer> => {
    const { pathname, searchParams } = new URL(request.url as string, 'http://server')
    if (pathname === '/counter') return count(request.method as string, searchParams)
    if (pathname === '/value') return value(request, searchParams)
    if (pathname === '/many') return many(request, searchParams.get('realm'))
    if (pathname !== '/values') return { status: 200 }
    values.delete(JSON.stringify([searchParams.get('realm'), searchParams.get('ref')]))
    return { status: 204 }
  }

  const server = createServer(async (request, response) => {
    const { status, body } = await answer(request)
    response.writeHead(status).end(body)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
