import { connect } from 'node:net'

/** How long a server has for one answer, in ms. */
const patience = 2000

/**
 * Sends bytes to a port of 127.0.0.1 and answers with what came back once `isWhole` says that it is all, or the server has
 * closed. `next`, if given, is sent after the first whole answer; the second one is then the answer. Rejects if the
 * connection fails, ends too early, or nothing whole came within 2 s.
 */
export function ask(
  port: number,
  request: Uint8Array | string,
  isWhole: (answer: Buffer) => boolean = () => false,
  next?: Uint8Array,
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1' })
    let answer = Buffer.alloc(0)
    let more = next
    socket.setTimeout(patience, () => socket.destroy(new Error(`port ${port} is silent`)))
    const timer = setTimeout(
      () => socket.destroy(new Error(`no whole answer of port ${port} in ${patience} ms`)),
      patience,
    )
    socket.on('connect', () => socket.write(request))
    socket.on('data', (chunk) => {
      answer = Buffer.concat([answer, chunk])
      if (!isWhole(answer)) return
      if (more === undefined) {
        resolve(answer)
        socket.destroy()
      } else {
        answer = Buffer.alloc(0)
        socket.write(more)
        more = undefined
      }
    })
    socket.on('end', () => resolve(answer))
    socket.on('error', reject)
    socket.on('close', () => {
      clearTimeout(timer)
      reject(new Error(`port ${port} closed the connection`))
    })
  })
}
