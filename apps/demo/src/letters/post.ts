import { setTimeout as sleep } from 'node:timers/promises'
import { type AgentContext, type Avout, defineAgent } from '@avout/core'

/** A letter of one sender, numbered from 1. */
export interface Letter {
  readonly sender: number
  readonly number: number
}

/** What was delivered: by sender the number of the last letter, and how many there were. */
export interface Delivered {
  readonly count: number
  readonly last: Readonly<Record<string, number>>
}

const NOTHING: Delivered = { count: 0, last: {} }

/** Carries a letter to where it goes: an effect outside of Avout, which may come twice, under the same key. */
export type Carry = (key: string, letter: Letter) => void

/** The agent of the post. A letter that comes twice, or before the one in front of it, is an error, and stops the agent. */
export const post = (carry: Carry) =>
  defineAgent('/post', NOTHING, {
    deliver: async (delivered: Delivered, letter: Letter, { idempotencyKey }: AgentContext) => {
      const last = delivered.last[letter.sender] ?? 0
      if (letter.number !== last + 1) throw new Error(`letter ${letter.number} of ${letter.sender} came after ${last}`)
      carry(idempotencyKey, letter)
      // Long enough that a process may be killed between the effect and the state.
      await sleep(letter.number % 4)
      return { count: delivered.count + 1, last: { ...delivered.last, [letter.sender]: letter.number } }
    },
  })

/** How many letters a sender has sent, in step with the sends. */
export const sentBy = (avout: Avout, sender: number) => avout.ref<number>(`/sent/${sender}`, 0)

/** Sends the letters of one sender that are not sent yet: a process that takes its place goes on where it was killed. */
export async function writeLetters(avout: Avout, sender: number, letters: number, carry: Carry): Promise<void> {
  const [sent, agent] = [sentBy(avout, sender), post(carry)]
  const writeOne = (): Promise<number> =>
    avout.dosync(async (tx) => {
      const number = (await tx.get(sent)) + 1
      if (number > letters) return number
      tx.set(sent, number)
      tx.send(agent, 'deliver', { sender, number })
      return number
    })
  while ((await writeOne()) < letters);
}
