/** What is used of redlock 4.2, which has no types of its own. */
declare module 'redlock' {
  import type { Redis } from 'ioredis'

  interface Lock {
    unlock(): Promise<void>
  }
  // biome-ignore lint/style/noDefaultExport: that is how the package exports it
  export default class Redlock {
    constructor(clients: readonly Redis[], options: { retryCount: number; retryDelay: number; retryJitter: number })
    lock(resource: string, lease: number): Promise<Lock>
  }
}
