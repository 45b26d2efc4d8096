import { type AgentContext, defineAgent } from '@avout/core'

/** What is sent to the mailer with a payment. */
export interface Confirmation {
  readonly order: string
  /** In cents. */
  readonly amount: number
}

/** What the mailer knows: how many letters it has written, and what they confirm in all, in cents. */
export interface Mail {
  readonly letters: number
  readonly cents: number
}

/** A letter as it leaves the house. Who is killed behind it writes the same one again, with its number and its key. */
export interface Letter {
  readonly number: number
  readonly order: string
  readonly key: string
}

export type Mailer = ReturnType<typeof defineMailer>

export const noMail: Mail = { letters: 0, cents: 0 }

/** The agent that confirms payments. `post` is the effect, called where the agent runs: there, and possibly twice. */
export const defineMailer = (post: (letter: Letter) => void) =>
  defineAgent('/mailer', noMail, {
    confirm: (mail: Mail, { order, amount }: Confirmation, { idempotencyKey: key }: AgentContext): Mail => {
      const number = mail.letters + 1
      post({ number, order, key })
      return { letters: number, cents: mail.cents + amount }
    },
  })
