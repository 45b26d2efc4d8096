import { ask } from './ask.js'

const ready = 'Z'
const failed = 'E'

/** Logs in to a PostgreSQL (or pgbouncer) of this machine and runs one statement. Rejects with the server's error. */
export async function askPostgres(port: number, sql: string): Promise<void> {
  const isOver = (answer: Buffer) => messages(answer).some(({ type }) => type === ready || type === failed)
  const answer = await ask(port, logIn, isOver, message('Q', Buffer.from(`${sql}\0`)))
  const last = messages(answer)
  const error = last.find(({ type }) => type === failed)
  if (error) throw new Error(`PostgreSQL on port ${port} answers ${error.body.toString().replaceAll('\0', ' ').trim()}`)
  if (!last.some(({ type }) => type === ready)) throw new Error(`PostgreSQL on port ${port} has closed the connection`)
}

function message(type: string, body: Buffer): Buffer {
  const head = Buffer.alloc(4)
  head.writeInt32BE(body.length + 4)
  return Buffer.concat([Buffer.from(type), head, body])
}

/** The first message has no type; protocol 3.0. */
const logIn = message('', Buffer.from('\0\x03\0\0user\0postgres\0database\0postgres\0\0'))

/** The messages that have come completely. */
function messages(answer: Buffer): { type: string; body: Buffer }[] {
  const found: { type: string; body: Buffer }[] = []
  for (let at = 0; at + 5 <= answer.length; ) {
    const end = at + 1 + answer.readInt32BE(at + 1)
    if (end > answer.length) break
    found.push({ type: String.fromCharCode(answer[at] ?? 0), body: answer.subarray(at + 5, end) })
    at = end
  }
  return found
}
