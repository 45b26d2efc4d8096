import { existsSync } from 'node:fs'
import { expect } from 'vitest'
import { isFree } from '../src/ports.js'
import { isRunning, processTree } from '../src/process-tree.js'
import type { OwnServer } from '../src/server.js'
import { ServerProcess } from '../src/server-process.js'
import { until } from '../src/until.js'

/** What a server occupies: processes, folders, ports. */
export interface Traces {
  readonly pids: readonly number[]
  readonly folders: readonly string[]
  readonly ports: readonly number[]
}

/** What a server that runs occupies. */
export async function tracesOf(server: OwnServer): Promise<Traces> {
  const nodes = server.nodes.filter((node) => node instanceof ServerProcess)
  expect(nodes).toHaveLength(server.nodes.length)
  const trees = await Promise.all(server.pids.map(processTree))
  return { pids: trees.flat(), folders: nodes.map(({ folder }) => folder), ports: nodes.map(({ port }) => port) }
}

/** Which of it is still there. */
export async function remaining({ pids, folders, ports }: Traces): Promise<string[]> {
  const left: string[] = folders.filter((folder) => existsSync(folder))
  for (const pid of pids) if (await isRunning(pid)) left.push(`process ${pid}`)
  for (const port of ports) if (!(await isFree(port))) left.push(`port ${port}`)
  return left
}

/** Waits until nothing of it is there. */
export async function expectGone(traces: Traces): Promise<void> {
  await until('everything to be gone', 15_000, async () => (await remaining(traces)).join(', ') || undefined)
}
