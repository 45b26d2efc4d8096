/** What is used of node-zookeeper-client 1.1, which has no types of its own. */
declare module 'node-zookeeper-client' {
  interface Stat {
    readonly version: number
  }
  interface Transaction {
    setData(path: string, data: Buffer, version: number): Transaction
    create(path: string, data: Buffer): Transaction
    remove(path: string): Transaction
    commit(done: (error: Failure | null | undefined) => void): void
  }
  interface Failure extends Error {
    getCode(): number
  }
  interface Client {
    once(event: 'connected' | 'expired', listener: () => void): void
    connect(): void
    close(): void
    create(path: string, data: Buffer, done: (error: Failure | null | undefined) => void): void
    getData(path: string, done: (error: Failure | null | undefined, data: Buffer, stat: Stat) => void): void
    getChildren(path: string, done: (error: Failure | null | undefined, children: string[]) => void): void
    transaction(): Transaction
  }
  const Exception: { readonly BAD_VERSION: number; readonly NO_NODE: number }
  function createClient(servers: string, options?: { sessionTimeout?: number; spinDelay?: number }): Client

  export type { Client, Failure, Stat, Transaction }
  export { createClient, Exception }
}
