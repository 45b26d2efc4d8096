import { appendFileSync } from 'node:fs'
import { connect } from '@avout/core'
import { redis } from '@avout/redis'
import { post, writeLetters } from './post.js'

/** What such a process is told, as JSON in its first argument. */
export interface Told {
  readonly url: string
  readonly realm: string
  /** It writes the letters of this sender, up to so many. */
  readonly sender: number
  readonly letters: number
  /** The file that stands for the world outside: a line for each letter that is carried there. */
  readonly carried: string
}

/** Writes letters and runs the post, until its parent ends it; it may be killed at any moment. */
async function live({ url, realm, sender, letters, carried }: Told): Promise<void> {
  const avout = await connect({ coordinator: redis({ url }), realm, name: `sender-${sender}` })
  const carry = (key: string, letter: { sender: number; number: number }): void =>
    appendFileSync(carried, `${key} ${letter.sender} ${letter.number}\n`)
  avout.agent(post(carry)).run()
  process.on('disconnect', () => process.exit())
  process.once('message', () => {
    void avout.close().then(() => process.disconnect())
  })
  await writeLetters(avout, sender, letters, carry)
}

await live(JSON.parse(process.argv[2] as string))
