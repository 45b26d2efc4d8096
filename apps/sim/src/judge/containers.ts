import { type Evidence, storedAt } from './evidence.js'

/** After flush() every head is in its container. */
export function judgeContainers({ world, model }: Evidence): string[] {
  const faults: string[] = []
  for (const [ref, writes] of model.refs) {
    const head = writes.at(-1)
    if (head === undefined || !head.exists) continue
    const stored = storedAt(world, head.home, ref, head.version)
    if (stored === undefined) faults.push(`${ref} at ${head.version} is not in ${head.home}`)
    else if (head.data !== undefined && JSON.stringify(stored) !== JSON.stringify(head.data)) {
      faults.push(
        `${ref} at ${head.version} is ${JSON.stringify(stored)} in ${head.home}, not ${JSON.stringify(head.data)}`,
      )
    }
  }
  return faults
}
