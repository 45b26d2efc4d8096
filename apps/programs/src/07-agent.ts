// The web process sends, a worker process runs.
import { type Avout, defineAgent } from '@avout/core'

interface Mail {
  to: string
  body: string
}
export const mailer = defineAgent(
  '/mailer',
  { sent: 0, last: null as string | null },
  {
    deliver: async (state, mail: Mail, { idempotencyKey, signal }) => {
      await fetch('https://mail.example', {
        method: 'POST',
        body: mail.body,
        signal,
        headers: { 'idempotency-key': idempotencyKey },
      })
      return { ...state, sent: state.sent + 1, last: mail.to }
    },
    reset: (state) => ({ ...state, sent: 0 }),
  },
)

export async function web(avout: Avout) {
  const paid = avout.ref('/paid', false)
  await avout.dosync(async (tx) => {
    tx.set(paid, true)
    tx.send(mailer, 'deliver', { to: 'a@b', body: 'thanks' })
    tx.send(mailer, 'reset')
    // @ts-expect-error no such action
    tx.send(mailer, 'delete')
    // @ts-expect-error its argument is a Mail
    tx.send(mailer, 'deliver', 'a@b')
  })
}

export async function worker(avout: Avout) {
  const agent = avout.agent(mailer)
  await using _running = agent.run({ mode: 'continue' })
  await agent.settled()
  const failure = await agent.error()
  if (failure) await agent.restart({ sent: 0, last: null })
  return (await agent.deref()).sent satisfies number
}
