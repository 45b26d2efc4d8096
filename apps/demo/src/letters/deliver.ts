import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { connect } from '@avout/core'
import { redis } from '@avout/redis'
import type { Told } from './letter-process.js'
import { type Delivered, post } from './post.js'

export interface Delivery {
  readonly url: string
  readonly realm: string
  /** Of all senders together. */
  readonly letters: number
  /** Each writes its share, and runs the post when its turn comes. */
  readonly processes: number
  readonly kills: number
  /** A number from 0 to below `n`. */
  readonly next: (n: number) => number
  readonly say: (line: string) => void
}

/** What is left in the end. */
export interface Mail {
  readonly delivered: Delivered
  /** How many letters each sender was to write. */
  readonly shares: readonly number[]
  /** Every letter that was carried, and the keys that it was carried under, as often as it was. */
  readonly carried: ReadonlyMap<string, readonly string[]>
  readonly kills: number
}

/** The compiled program, also for who runs the sources. */
const program = fileURLToPath(new URL('../../dist/letters/letter-process.js', import.meta.url))

/** Sends letters from transactions while the processes that send and deliver them are killed at random. */
export async function deliver(delivery: Delivery): Promise<Mail> {
  const { url, realm, letters, processes } = delivery
  const folder = await mkdtemp(join(tmpdir(), 'avout-letters-'))
  const file = join(folder, 'carried')
  await using avout = await connect({ coordinator: redis({ url }), realm, name: 'auditor' })
  const agent = avout.agent(post(() => undefined))
  const shares = Array.from({ length: processes }, (_, i) => Math.floor((letters + i) / processes))
  const crew = new Crew(shares.map((share, sender) => ({ url, realm, sender, letters: share, carried: file })))
  let count = 0
  agent.addWatch('count', (_key, _agent, _old, delivered) => {
    count = delivered.count
  })
  try {
    const all = (async () => {
      while (count < letters) await Promise.race([sleep(20), crew.failed])
    })()
    const [kills] = await Promise.all([killAtWork(delivery, crew, () => count), all])
    await agent.settled()
    return { delivered: await agent.deref(), shares, carried: linesOf(await readFile(file, 'utf8')), kills }
  } finally {
    await crew.close()
    await rm(folder, { recursive: true })
  }
}

/** Kills one process after the other: each when some letters more are delivered, spread over all of them. */
async function killAtWork({ letters, kills, next, say }: Delivery, crew: Crew, count: () => number): Promise<number> {
  for (let killed = 0; killed < kills; killed++) {
    const goal = Math.floor((letters * (killed + 1)) / (kills + 1))
    while (count() < goal) await Promise.race([sleep(5), crew.failed])
    await sleep(next(10))
    say(`${count()} letters are delivered; a process is killed`)
    crew.kill(next)
  }
  return kills
}

function linesOf(text: string): Map<string, string[]> {
  const carried = new Map<string, string[]>()
  for (const line of text.split('\n').filter((each) => each !== '')) {
    const [key = '', ...letter] = line.split(' ')
    const keys = carried.get(letter.join(' ')) ?? []
    carried.set(letter.join(' '), [...keys, key])
  }
  return carried
}

/** The processes. One that is killed is replaced. */
class Crew {
  readonly #children: ChildProcess[]
  #isClosing = false
  #fail: (error: Error) => void = () => undefined
  /** Rejects when a process has ended by itself. */
  readonly failed: Promise<never>

  constructor(told: readonly Told[]) {
    this.failed = new Promise((_resolve, reject) => {
      this.#fail = reject
    })
    void Promise.allSettled([this.failed]) // told to who waits
    this.#children = told.map((each) => this.#start(each))
  }

  kill(next: (n: number) => number): void {
    this.#children[next(this.#children.length)]?.kill('SIGKILL')
  }

  async close(): Promise<void> {
    this.#isClosing = true
    await Promise.all(
      this.#children.map(async (child) => {
        if (child.exitCode !== null || child.signalCode !== null) return
        const exited = once(child, 'exit')
        child.send('close', () => undefined)
        const late = setTimeout(() => child.kill('SIGKILL'), 15_000)
        await exited
        clearTimeout(late)
      }),
    )
  }

  #start(told: Told): ChildProcess {
    const child = fork(program, [JSON.stringify(told)], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
    child.on('exit', (code, signal) => {
      if (this.#isClosing) return
      if (signal === null) this.#fail(new Error(`sender ${told.sender} ended with exit code ${code}`))
      else this.#children[told.sender] = this.#start(told)
    })
    return child
  }
}
