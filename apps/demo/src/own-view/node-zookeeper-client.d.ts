/** What the audit needs of node-zookeeper-client 1.1, which has no types of its own. */
declare module 'node-zookeeper-client' {
  interface Client {
    once(event: 'connected', listener: () => void): void
    connect(): void
    close(): void
    getData(path: string, done: (error: Error | null, data: Buffer | undefined) => void): void
    getChildren(path: string, done: (error: Error | null, names: string[]) => void): void
  }
  export function createClient(servers: string, options?: { sessionTimeout?: number; retries?: number }): Client
}
