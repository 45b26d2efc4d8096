/** What the tests need of node-zookeeper-client 1.1, which has no types of its own. */
declare module 'node-zookeeper-client' {
  interface Client {
    once(event: 'connected', listener: () => void): void
    connect(): void
    close(): void
    getData(path: string, done: (error: (Error & { code: number }) | null, data: Buffer | undefined) => void): void
  }
  export function createClient(servers: string): Client
}
