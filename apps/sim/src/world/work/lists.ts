import type { Step } from '@avout/conformance/history'
import type { RefDefinition, Tx } from '@avout/core'
import type { Client } from '../client.js'
import { type Call, UserError } from '../recorder.js'
import type { List } from '../refs.js'

type Action = 'read' | 'ensure' | 'append' | 'commute'

/** What a body does with one list. */
export interface Line {
  readonly action: Action
  readonly ref: RefDefinition<List>
  /** Of an append. */
  readonly element: number
}

const isAppend = ({ action }: Line): boolean => action === 'append' || action === 'commute'

/** A list that is commuted may not be read or set afterwards: one way to touch each. */
function script(client: Client, actions: readonly Action[], most: number): Line[] {
  const { random, world } = client
  const ways = new Map<RefDefinition<List>, boolean>()
  const lines: Line[] = []
  for (let i = random.between(1, most); i > 0; i--) {
    const ref = random.pick(world.refs.lists)
    const action = random.pick(actions)
    const commutes = action === 'commute'
    if ((ways.get(ref) ?? commutes) !== commutes) continue
    ways.set(ref, commutes)
    lines.push({ action, ref, element: world.recorder.element() })
  }
  return lines
}

const appendOf = ({ action, ref, element }: Line): Step => ({
  f: 'append',
  key: ref.name,
  element,
  blind: action === 'commute',
})

const intended = (lines: readonly Line[]): Step[] => lines.filter(isAppend).map(appendOf)

/** Appends, and tells what was there before. */
async function appendTo(tx: Tx, line: Line, call: Call): Promise<void> {
  const { ref, element } = line
  if (line.action === 'commute') {
    await tx.commute(ref, (list) => [...list, element])
  } else {
    let before: List = []
    await tx.alter(ref, (list) => {
      before = list
      return [...list, element]
    })
    call.steps.push({ f: 'read', key: ref.name, list: before })
  }
  call.steps.push(appendOf(line))
}

async function play(client: Client, tx: Tx, line: Line, call: Call): Promise<void> {
  await client.dawdle()
  if (isAppend(line)) return appendTo(tx, line, call)
  const { ref, action } = line
  const list = action === 'ensure' ? await tx.ensure(ref) : await tx.get(ref)
  if (!call.steps.some((step) => step.f === 'append' && step.key === ref.name)) client.saw(tx, ref, list)
  call.steps.push({ f: 'read', key: ref.name, list, ensured: action === 'ensure' })
}

/** An inner transaction whose failure is caught: nothing of it may remain. */
async function playInVain(client: Client, tx: Tx, line: Line, call: Call): Promise<void> {
  const failure = new UserError('inner')
  try {
    await tx.dosync(async (inner) => {
      await inner.alter(line.ref, (list) => [...list, line.element])
      throw failure
    })
  } catch (error) {
    if (error !== failure) throw error
  }
  call.dropped = [appendOf(line)]
  client.world.tally.count('inner transaction that threw')
}

function mixed(client: Client): readonly Action[] {
  return client.random.pick<readonly Action[]>([
    ['append'],
    ['append', 'read'],
    ['append', 'read', 'ensure', 'commute'],
  ])
}

/** Reads and appends on up to four lists, at either level of isolation. */
export async function update(client: Client): Promise<void> {
  const { random, world } = client
  const isolated = random.chance(world.plan.snapshot)
  const lines = script(client, mixed(client), 4)
  const inVain = random.chance(0.15) ? script(client, ['append'], 1)[0] : undefined
  const together = random.chance(0.2) && new Set(lines.map(({ ref }) => ref)).size === lines.length
  await client.call(
    { kind: 'update', intended: intended(lines), ...(isolated ? { isolation: 'snapshot' } : {}) },
    (call) =>
      client.avout.dosync(
        async (tx) => {
          call.steps = []
          if (together) await Promise.all(lines.map((line) => play(client, tx, line, call)))
          else for (const line of lines) await play(client, tx, line, call)
          const touched = inVain !== undefined && lines.some(({ ref }) => ref === inVain.ref)
          if (inVain !== undefined && !touched) await playInVain(client, tx, inVain, call)
        },
        { ...client.options(), ...(isolated ? { isolation: 'snapshot' } : {}) },
      ),
  )
}

/** Only reads: by `read`, or by a dosync that turns out to write nothing. */
export async function look(client: Client): Promise<void> {
  const { random, avout } = client
  const lines = script(client, ['read'], 4)
  const asTransaction = random.chance(0.5)
  const stale = client.readOptions()
  const { staleness } = asTransaction ? { staleness: undefined } : stale
  await client.call({ kind: 'look', staleness }, (call) => {
    if (asTransaction) {
      return avout.dosync(async (tx) => {
        call.steps = []
        for (const line of lines) await play(client, tx, line, call)
      }, client.options())
    }
    return avout.read(
      async (tx) => {
        call.steps = []
        for (const { ref } of lines) {
          await client.dawdle()
          call.steps.push({ f: 'read', key: ref.name, list: await tx.get(ref) })
        }
      },
      { ...client.options(), ...stale },
    )
  })
}

/** One list, outside of any transaction. */
export async function peek(client: Client): Promise<void> {
  const ref = client.random.pick(client.world.refs.lists)
  const options = client.readOptions()
  await client.call({ kind: 'peek', staleness: options.staleness }, async (call) => {
    const list = await client.avout.ref(ref).deref(options)
    call.steps = [{ f: 'read', key: ref.name, list }]
  })
}

/** A body that fails in the end: what it read must have been so all the same. */
export async function throwing(client: Client): Promise<void> {
  const lines = script(client, ['append', 'read'], 3)
  await client.call({ kind: 'throw', intended: intended(lines) }, (call) =>
    client.avout.dosync(async (tx) => {
      call.steps = []
      for (const line of lines) await play(client, tx, line, call)
      throw new UserError('outer')
    }, client.options()),
  )
}
