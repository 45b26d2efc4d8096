import type { Client } from '../client.js'

/** Commits under an id of its own, and asks what became of it. */
export async function ask(client: Client): Promise<void> {
  const { random, world, avout } = client
  const ref = random.pick(world.refs.lists)
  const element = world.recorder.element()
  const id = `asked-${element}`
  const append = { f: 'append', key: ref.name, element } as const
  const done = await client.call({ kind: 'ask', intended: [append] }, (call) =>
    avout.dosync(
      async (tx) => {
        const list = await tx.alter(ref, (before) => [...before, element])
        call.steps = [{ f: 'read', key: ref.name, list: list.slice(0, -1) }, append]
      },
      { ...client.options(), id },
    ),
  )
  const answer = await client.call({ kind: 'outcome', alone: true }, () => avout.outcome(id))
  if (answer === undefined) return
  world.tally.count(`outcome: ${answer.value}`)
  world.outcomes.push({ id, acknowledged: done !== undefined, answer: answer.value, client: client.process })
}
