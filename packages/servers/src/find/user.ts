import { readFile } from 'node:fs/promises'

/**
 * Whom to run a program as that refuses to be run by root: the user of that name, or nobody. Undefined if this process is
 * not root's: it then runs as its user.
 */
export async function lesserUser(name: string): Promise<{ uid: number; gid: number } | undefined> {
  if (process.getuid?.() !== 0) return undefined
  const users = (await readFile('/etc/passwd', 'utf8')).split('\n').map((line) => line.split(':'))
  const [, , uid, gid] = users.find(([user]) => user === name) ?? users.find(([user]) => user === 'nobody') ?? []
  if (uid === undefined || gid === undefined) throw new Error(`There is neither a user ${name} nor nobody`)
  return { uid: Number(uid), gid: Number(gid) }
}
