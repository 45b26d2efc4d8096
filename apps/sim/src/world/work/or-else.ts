import type { Client } from '../client.js'

/** The left branch appends and gives up; only the right one may be seen. */
export async function orElse(client: Client): Promise<void> {
  const { random, world, avout } = client
  const [left, right] = [random.pick(world.refs.lists), random.pick(world.refs.lists)]
  const [lost, kept] = [world.recorder.element(), world.recorder.element()]
  const append = { f: 'append', key: right.name, element: kept } as const
  await client.call({ kind: 'orElse', intended: [append] }, (call) =>
    avout.dosync((tx) => {
      call.steps = []
      call.dropped = [{ f: 'append', key: left.name, element: lost }]
      return tx.orElse(
        async (branch) => {
          const list = await branch.alter(left, (before) => [...before, lost])
          call.steps.push({ f: 'read', key: left.name, list: list.slice(0, -1) })
          await client.dawdle()
          return branch.retry()
        },
        async (branch) => {
          const list = await branch.alter(right, (before) => [...before, kept])
          call.steps.push({ f: 'read', key: right.name, list: list.slice(0, -1) }, append)
        },
      )
    }, client.options()),
  )
}
