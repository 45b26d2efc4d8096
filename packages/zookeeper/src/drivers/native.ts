import * as codes from './codes.js'
import type { Create, Done, Driver, Events, Handle, HandleOptions, Stat } from './driver.js'

type Simple = (code: number, error: string) => void
type Answer<T> = (code: number, error: string, answer: T) => void

/** What this needs of the binding of zookeeper 7. Each call answers 0, or why it was not sent: then there is no callback. */
interface Binding {
  a_create(path: string, data: Buffer, flags: number, done: Answer<string>): number
  a_set(path: string, data: Buffer, version: number, done: Answer<Stat | null>): number
  a_get(
    path: string,
    watch: boolean,
    done: (code: number, error: string, stat: Stat, data: Buffer | null) => void,
  ): number
  a_exists(path: string, watch: boolean, done: Answer<Stat | null>): number
  a_delete_(path: string, version: number, done: Simple): number
  a_get_children(path: string, watch: boolean, done: Answer<string[] | null>): number
  a_set_acl(path: string, version: number, acl: readonly Acl[], done: Simple): number
  add_auth(scheme: string, auth: string, done: Simple): number
  readonly state: number
}

interface Acl {
  readonly perm: number
  readonly scheme: string
  readonly auth: string
}

interface Client {
  readonly native: Binding
  on(event: string, listener: (client: unknown, detail: unknown) => void): void
  init(config: object): unknown
  close(): unknown
}

type Module = new (config: object) => Client

const SEQUENCE = 2
const EVERYTHING = 31

/** The state of a handle whose socket was closed by a call that could not be written to it. */
const CUT = 999

/** How long a server may take to begin a session, in ms; twice as long after each that did not. One that starts may say nothing. */
const GREETING = 500

/** For how much of a session's length it may look for a server. Its C client gives a silent one up after two thirds. */
const PATIENCE = 0.5

const ENDED: Readonly<Record<number, string>> = {
  [codes.SESSION_EXPIRED]: 'the session expired, or its driver gave up',
  [-113]: 'the authentication was refused',
}

export function nativeDriver(loaded: { readonly default: unknown }): Driver {
  const module = loaded.default as Module
  const patience: Patience = { ms: GREETING }
  return { name: 'zookeeper', open: (options, events) => new NativeHandle(module, options, events, patience) }
}

/** How long the next handle waits for its session: it outlives the handles. */
interface Patience {
  ms: number
}

/**
 * Lives for one connection. Where its C client closes a socket by itself, the binding goes on to poll it, until the C client is asked
 * for the next one: a third of a session later, say. If the event loop comes to it first, libuv ends the process (EBADF); if another
 * socket of the process has got its number by then, that one is taken out of the loop, and is never heard of again. So the handle is
 * closed, which stops the polling, before anything else can happen.
 */
class NativeHandle implements Handle {
  readonly #client: Client
  /** Without the wrapper, which formats the arguments of every call for a log that is off. */
  readonly #binding: Binding
  readonly #events: Events
  readonly #connecting: NodeJS.Timeout
  #ended = false
  /** Only where there is somebody to protect it for. */
  readonly protect?: (path: string, done: Done) => void

  constructor(module: Module, { servers, sessionTimeout, auth }: HandleOptions, events: Events, patience: Patience) {
    this.#client = new module({
      connect: servers,
      timeout: sessionTimeout,
      host_order_deterministic: false,
      // Nothing on stderr: what it prints quotes data.
      debug_level: 0,
      data_as_buffer: true,
      // An answer of 200 KB comes in more pieces than the default allows: it would end the session.
      response_counter_limit: 5000,
    })
    this.#binding = this.#client.native
    this.#events = events
    this.#client.on('connect', () => {
      clearTimeout(this.#connecting)
      patience.ms = GREETING
      events.up()
    })
    this.#client.on('connecting', () => this.#end(() => events.lost()))
    const most = sessionTimeout * PATIENCE
    const wait = Math.min(patience.ms, most)
    const giveUp = () => {
      patience.ms = 2 * wait
      this.#end(() => (wait < most ? events.lost() : events.ended('no server could be reached')))
    }
    this.#connecting = setTimeout(giveUp, wait)
    // What waits for it has a timer of its own.
    this.#connecting.unref()
    this.#client.on('close', (_client, code) => {
      this.#end(() => events.ended(ENDED[Number(code)] ?? 'the session was closed'))
    })
    // Watches are told through these: the other form leaks with every watch, and crashes with one function on two handles.
    for (const event of ['created', 'deleted', 'changed']) {
      this.#client.on(event, (_client, path) => events.fired(String(path)))
    }
    this.#client.init({})
    if (auth === undefined) return
    this.#binding.add_auth(auth.scheme, auth.credentials, (code) => {
      if (code === codes.AUTH_FAILED) this.#end(() => events.ended('the authentication was refused'))
    })
    this.protect = (path, done) => {
      const acl = [{ perm: EVERYTHING, scheme: 'auth', auth: '' }]
      this.#sent(
        this.#binding.a_set_acl(path, -1, acl, (code) => done({ code })),
        done,
      )
    }
  }

  create({ path, data, sequential }: Create, done: Done): void {
    const made = (code: number, _error: string, at: string) => done({ code, path: at })
    this.#sent(this.#binding.a_create(path, data, sequential ? SEQUENCE : 0, made), done)
  }

  set(path: string, data: Buffer, version: number, done: Done): void {
    const answer = (code: number, _error: string, stat: Stat | null) => done({ code, stat: stat ?? undefined })
    this.#sent(this.#binding.a_set(path, data, version, answer), done)
  }

  get(path: string, watch: boolean, done: Done): void {
    const answer = (code: number, _error: string, stat: Stat, data: Buffer | null) =>
      done({ code, stat, data: data ?? Buffer.alloc(0) })
    this.#sent(this.#binding.a_get(path, watch, answer), done)
  }

  exists(path: string, watch: boolean, done: Done): void {
    const answer = (code: number, _error: string, stat: Stat | null) => done({ code, stat: stat ?? undefined })
    this.#sent(this.#binding.a_exists(path, watch, answer), done)
  }

  remove(path: string, version: number, done: Done): void {
    this.#sent(
      this.#binding.a_delete_(path, version, (code) => done({ code })),
      done,
    )
  }

  children(path: string, done: Done): void {
    const answer = (code: number, _error: string, children: string[] | null) => done({ code, children: children ?? [] })
    this.#sent(this.#binding.a_get_children(path, false, answer), done)
  }

  async close(): Promise<void> {
    this.#ended = true
    clearTimeout(this.#connecting)
    this.#client.close()
  }

  #sent(code: number, done: Done): void {
    // A call that was not sent has no callback: it is told apart from the call that made it, as answers are.
    if (code !== codes.OK) queueMicrotask(() => done({ code }))
    if (this.#binding.state === CUT) this.#end(() => this.#events.lost())
  }

  /** Tells first: what is pending is answered while the client closes, and nothing may be asked of it any more. */
  #end(tell: () => void): void {
    if (this.#ended) return
    this.#ended = true
    tell()
    this.#client.close()
  }
}
