import { type Evidence, storedAt } from './evidence.js'

/** A store's own view shows committed values alone; after flush() it shows every head. */
export function judgeCurrent({ world, model }: Evidence): string[] {
  const faults: string[] = []
  for (const [i, store] of world.stores.entries()) {
    if (!world.plan.stores[i]?.showsCurrent) continue
    const { now, shown } = store.current(world.realm)
    for (const { ref, version, position } of shown) {
      const write = model.refs.get(ref)?.find((candidate) => candidate.version === version)
      if (write?.from !== position) faults.push(`${store.id} showed ${ref} at ${version}, which is no valid write`)
    }
    for (const [ref, writes] of model.refs) {
      const head = writes.at(-1)
      if (head === undefined || head.home !== store.id) continue
      const current = now.get(ref)
      if (current?.version !== head.version) {
        faults.push(`${store.id} shows ${ref} at ${current?.version}, not at its head ${head.version}`)
      } else if ((current.value !== undefined) !== head.exists) {
        faults.push(
          `${store.id} shows ${ref} as ${JSON.stringify(current.value)}, which ${head.exists ? 'is' : 'is not'} there`,
        )
      }
    }
  }
  return faults
}

/** After flush() every head is in its container. */
export function judgeContainers({ world, model }: Evidence): string[] {
  const faults: string[] = []
  for (const [ref, writes] of model.refs) {
    const head = writes.at(-1)
    if (head === undefined || !head.exists) continue
    const stored = storedAt(world, head.home, ref, head.version)
    if (stored === undefined) faults.push(`${ref} at ${head.version} is not in ${head.home}`)
    // What an operation came to in a history that is lost stays in its container: the log's value is another one, and counts.
    else if (head.made !== undefined && world.plan.rollbacks > 0) continue
    else if (head.data !== undefined && JSON.stringify(stored) !== JSON.stringify(head.data)) {
      faults.push(
        `${ref} at ${head.version} is ${JSON.stringify(stored)} in ${head.home}, not ${JSON.stringify(head.data)}`,
      )
    }
  }
  return faults
}
