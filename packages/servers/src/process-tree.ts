import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { promisify } from 'node:util'

/**
 * A process and all that descend from it. A process group would not do: PostgreSQL's backends each lead a group of their own.
 */
export async function processTree(root: number): Promise<number[]> {
  const parents = await parentOfEach()
  const tree = [root]
  for (const at of tree) for (const [pid, parent] of parents) if (parent === at) tree.push(pid)
  return tree
}

/** Whether a process is there and is more than an unburied child of a process that does not bury. */
export function isRunning(pid: number): Promise<boolean> {
  return parentOfEach().then((parents) => parents.has(pid))
}

/** Sends a signal to every one of them that is still there. */
export function signalAll(pids: readonly number[], signal: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      process.kill(pid, signal)
    } catch (error) {
      if (!hasCode(error, 'ESRCH')) throw error
    }
  }
}

/** Whether an error carries a code of the system, such as ENOENT. */
export function hasCode(error: unknown, ...codes: string[]): boolean {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && codes.includes(error.code)
}

async function parentOfEach(): Promise<Map<number, number>> {
  return existsSync('/proc/self/stat') ? await fromProc() : await fromPs()
}

async function fromProc(): Promise<Map<number, number>> {
  const parents = new Map<number, number>()
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue
    try {
      const stat = await readFile(`/proc/${name}/stat`, 'utf8')
      // The command's name stands in parentheses and may hold anything, so that fields count from the last one.
      const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
      if (state !== 'Z' && state !== 'X') parents.set(Number(name), Number(parent))
    } catch (error) {
      if (!hasCode(error, 'ENOENT', 'ESRCH')) throw error
    }
  }
  return parents
}

async function fromPs(): Promise<Map<number, number>> {
  const { stdout } = await promisify(execFile)('ps', ['-A', '-o', 'pid=,ppid=,stat='])
  const rows = stdout.split('\n').map((line) => line.trim().split(/\s+/))
  return new Map(
    rows.flatMap(([pid, parent, stat]) => (stat && !stat.startsWith('Z') ? [[Number(pid), Number(parent)]] : [])),
  )
}
