import { once as eventOf } from 'node:events'
import { connect, createServer } from 'node:net'
import { hasCode } from '../process-tree.js'

/**
 * Runs a task while no other process of this machine that asks for the same name does. The lock is a socket of the abstract
 * namespace (Linux): it is free as soon as its holder ends, however that was, and who waits is told by the end of a
 * connection to it.
 */
export async function locked<T>(name: string, task: () => Promise<T>): Promise<T> {
  const path = `\0avout-servers-${name}`
  const lock = createServer()
  for (;;) {
    try {
      lock.listen({ path })
      await eventOf(lock, 'listening')
      break
    } catch (error) {
      if (!hasCode(error, 'EADDRINUSE')) throw error
      await endOf(path)
    }
  }
  const waiting = new Set<{ destroy(): void }>()
  lock.on('connection', (socket) => waiting.add(socket.on('error', () => socket.destroy())))
  try {
    return await task()
  } finally {
    lock.close()
    for (const socket of waiting) socket.destroy()
    await eventOf(lock, 'close')
  }
}

function endOf(path: string): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect({ path })
    // A refused connection is an end too: the holder has let it go meanwhile.
    socket.on('error', () => socket.destroy())
    socket.on('close', () => resolve())
    socket.resume()
  })
}
