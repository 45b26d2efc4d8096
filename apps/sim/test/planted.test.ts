import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { hunt } from '../src/planted/hunt.js'
import { TABLE } from '../src/planted/table.js'

const sources = {
  worker: fileURLToPath(new URL('../src/run/worker.ts', import.meta.url)),
  package: fileURLToPath(new URL('../../../packages/core', import.meta.url)),
  limit: 240_000,
}

/** Two at a time: each has a thread of its own. */
const free = [Promise.resolve(), Promise.resolve()]

async function inTurn<T>(task: () => Promise<T>): Promise<T> {
  const before = free.shift() ?? Promise.resolve()
  const done = before.then(task)
  free.push(
    done.then(
      () => undefined,
      () => undefined,
    ),
  )
  return await done
}

describe('a planted bug', { timeout: 600_000 }, () => {
  it('has a name of its own', () => {
    expect(new Set(TABLE.map(({ name }) => name)).size).toBe(TABLE.length)
    expect(TABLE.length).toBeGreaterThan(60)
  })

  it.concurrent.each(TABLE)('is found: $name ($rule)', async (bug) => {
    const { found } = await inTurn(() => hunt(bug, sources))
    expect(found).toBeDefined()
  })
})
