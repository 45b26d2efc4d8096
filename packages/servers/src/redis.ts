import { ask } from './ask.js'
import { redisServer } from './find/redis.js'
import type { Kind } from './kinds.js'
import { freePort } from './ports.js'
import { type Program, type ServerProcess, startProcess } from './server-process.js'

/** Redis that syncs its append-only file at every write, or every second; nothing else of it differs from the defaults. */
export function startRedis(kind: 'redis' | 'redis-everysec'): Promise<ServerProcess> {
  return startProcess(kind, () => redisProgram(kind, kind === 'redis' ? 'always' : 'everysec', []))
}

/** One Redis process. */
export async function redisProgram(
  kind: Kind,
  appendfsync: 'always' | 'everysec',
  options: readonly string[],
): Promise<Program> {
  const file = await redisServer()
  const port = await freePort()
  const args = ['--port', `${port}`, '--bind', '127.0.0.1', '--save', '', '--appendonly', 'yes']
  return {
    kind,
    url: `redis://127.0.0.1:${port}`,
    port,
    command: { file, args: [...args, '--appendfsync', appendfsync, ...options], endSignal: 'SIGKILL' },
    stopSignal: 'SIGTERM',
    ping: async () => {
      await askRedis(port, 'PING')
    },
  }
}

/** Sends a command to a Redis of this machine and answers with the text of its reply; rejects if that is an error. */
export async function askRedis(port: number, ...words: readonly string[]): Promise<string> {
  const request = `*${words.length}\r\n${words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join('')}`
  const reply = (await ask(port, request, isWhole)).toString()
  if (reply.startsWith('-')) throw new Error(`Redis on port ${port} answers ${reply.slice(1).trimEnd()}`)
  return reply.startsWith('$') ? reply.slice(reply.indexOf('\n') + 1, -2) : reply.slice(1, -2)
}

/** Whether a reply (simple, number, error or one string) has come completely. */
function isWhole(answer: Buffer): boolean {
  const text = answer.toString('latin1')
  if (!text.startsWith('$')) return text.endsWith('\r\n')
  const head = text.indexOf('\r\n')
  return head > 0 && answer.length >= head + 2 + Math.max(0, Number(text.slice(1, head))) + 2
}
