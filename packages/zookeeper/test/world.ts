import { Connection } from '../src/connection.js'
import type { Create, Done, Driver, Events, Handle, Reply } from '../src/drivers/driver.js'
import { Tree } from './tree.js'

type Operation = 'create' | 'set' | 'get' | 'exists' | 'remove' | 'children' | 'multi'

export interface Asked {
  readonly operation: Operation
  readonly path: string
  /** Of which servers. */
  readonly tree: Tree
}

/**
 * Servers that do as they are told: they lose data at the very moment that a test is about. What real ones answer is tested with real
 * ones.
 */
export class World {
  readonly driver: Driver = {
    name: 'node-zookeeper-client',
    open: (_options, events) => this.#open(events),
  }
  /** All that was done, in order. */
  readonly done: Asked[] = []
  /** Answers instead of the servers, where it answers a code. */
  instead: (asked: Asked) => number | undefined = () => undefined
  /** An answer waits for what it answers. */
  meanwhile: (asked: Asked) => Promise<unknown> | undefined = () => undefined
  #tree: Tree
  #after: ((asked: Asked) => boolean) | undefined
  #then: Tree | undefined
  #end: () => void = () => {}

  constructor(tree = new Tree()) {
    this.#tree = tree
  }

  get tree(): Tree {
    return this.#tree
  }

  connect(): Connection {
    const where = { id: 'fake', servers: 'fake:1' }
    return new Connection(this.driver, { ...where, auth: undefined, timeout: 10_000, sessionTimeout: 10_000 })
  }

  /** The session ends right behind an answer, before who has asked can do anything with it; the next one is with other servers. */
  turnAfter(operation: Operation, path: RegExp, to: Tree): void {
    this.#after = (asked) => asked.operation === operation && path.test(asked.path)
    this.#then = to
  }

  /** The session ends now; the next one is with other servers. */
  turn(to: Tree): void {
    this.#tree = to
    this.#end()
  }

  /** Whether what `turnAfter` was about has happened. */
  get turned(): boolean {
    return this.#then === undefined
  }

  #open(events: Events): Handle {
    const tree = this.#tree
    let over = false
    const end = () => {
      over = true
      events.ended('its servers are others')
    }
    this.#end = end
    setImmediate(() => over || events.up())
    const ask = (operation: Operation, path: string, done: Done, answer: () => Reply) => {
      const asked: Asked = { operation, path, tree }
      setImmediate(async () => {
        const waiting = this.meanwhile(asked)
        if (waiting !== undefined) await waiting
        if (over) return
        const code = this.instead(asked)
        const reply = code === undefined ? answer() : { code }
        this.done.push(asked)
        done(reply)
        this.#turnIfAsked(asked)
      })
    }
    return {
      create: (create, done) => ask('create', create.path, done, () => tree.create(create)),
      set: (path, data, version, done) => ask('set', path, done, () => tree.set(path, data, version)),
      get: (path, _watch, done) => ask('get', path, done, () => tree.get(path)),
      exists: (path, _watch, done) => ask('exists', path, done, () => ({ ...tree.get(path), data: undefined })),
      remove: (path, version, done) => ask('remove', path, done, () => tree.remove(path, version)),
      children: (path, done) => ask('children', path, done, () => tree.children(path)),
      multi: (creates: readonly Create[], done) =>
        ask('multi', creates[0]?.path ?? '', done, () => tree.multi(creates)),
      close: async () => {
        over = true
      },
    }
  }

  #turnIfAsked(asked: Asked): void {
    if (this.#then === undefined || !this.#after?.(asked)) return
    const to = this.#then
    this.#then = undefined
    this.turn(to)
  }
}
