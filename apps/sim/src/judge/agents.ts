import { AGENT, isRefused } from '../world/work/sends.js'
import { type Evidence, storedAt } from './evidence.js'

/** What was sent to the agent in valid transactions, in the order of the log. */
function sentIn({ model }: Evidence): { key: string; item: number }[] {
  return model.judged.flatMap(({ fault, version, transaction }) =>
    fault === undefined
      ? transaction.sends.map(({ argument }, k) => ({ key: `${version}:${k}`, item: argument as number }))
      : [],
  )
}

/** Each action that was sent with a commit changed the state once, in order, and nothing else did. */
export function judgeAgents(evidence: Evidence): string[] {
  const { world, model } = evidence
  const sent = sentIn(evidence)
  const states = model.refs.get(`~agent:${AGENT}`) ?? []
  const cursors = (model.refs.get(`~agent-cursor:${AGENT}`) ?? []).map(({ data }) => data)
  const faults: string[] = []
  if (cursors.some((cursor, i) => cursor !== i + 1) || cursors.length !== sent.length) {
    faults.push(`the agent's cursor was ${cursors}, where ${sent.length} actions were sent`)
  }
  const applied = sent.filter(({ item }) => !isRefused(item))
  if (states.length !== applied.length) faults.push(`${states.length} states, of ${applied.length} actions`)
  states.forEach(({ data, home, version }, i) => {
    const state = data ?? storedAt(world, home, `~agent:${AGENT}`, version)
    const expected = applied.slice(0, i + 1).map(({ item }) => item)
    // One that only its container had may be swept by now.
    if (state !== undefined && JSON.stringify(state) !== JSON.stringify(expected)) {
      faults.push(`the agent's state ${i + 1} is ${JSON.stringify(state)}, not ${expected}`)
    }
  })
  for (const { name, inspection } of world.live) {
    const { last, cursor, pending } = inspection.queue(AGENT)
    if (inspection.position !== model.position || (last === sent.length && cursor === last && pending.length === 0))
      continue
    faults.push(
      `${name} knows of ${last} actions, ${cursor} done, ${pending.length} waiting, where ${sent.length} were sent`,
    )
  }
  return [...faults, ...judgeSends(evidence, sent), ...judgeEffects(evidence, sent)]
}

/** What a call that committed sent is there once; of one that failed, and of a body that threw, nothing is. */
function judgeSends({ world }: Evidence, sent: readonly { item: number }[]): string[] {
  const times = new Map<number, number>()
  for (const { item } of sent) times.set(item, (times.get(item) ?? 0) + 1)
  return world.recorder.calls.flatMap(({ id, outcome }) => {
    const { items = [], dropped } = world.sent.get(id) ?? {}
    const told = `T${id} (send, ${outcome ?? 'open'})`
    const faults = items.flatMap((item) => {
      const found = times.get(item) ?? 0
      if (outcome === 'ok' ? found === 1 : outcome === 'failed' || outcome === 'threw' ? found === 0 : found <= 1)
        return []
      return [`${told}: ${item} was sent ${found} times`]
    })
    return dropped !== undefined && times.has(dropped)
      ? [...faults, `${told}: ${dropped} was dropped, and is sent`]
      : faults
  })
}

/** Handlers are called for what was sent with commits alone, by its key; and for all of it. */
function judgeEffects({ world }: Evidence, sent: readonly { key: string; item: number }[]): string[] {
  const items = new Map(sent.map(({ key, item }) => [key, item]))
  const seen = new Set(world.effects.map(({ key }) => key))
  return [
    ...world.effects
      .filter(({ key, item }) => items.get(key) !== item)
      .map(({ key, item }) => `a handler was given ${item} as ${key}, which was not sent`),
    ...sent.filter(({ key }) => !seen.has(key)).map(({ key, item }) => `no handler was given ${item}, sent as ${key}`),
  ]
}
