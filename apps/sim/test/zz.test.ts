import { it } from 'vitest'
import { runComposedLog } from '../src/composed-log/run.js'

it('runs', { timeout: 600000 }, async () => {
  const tally = new Map<string, number>()
  let events = 0
  let bad = 0
  const N = Number(process.env.N ?? 200),
    from = Number(process.env.FROM ?? 1)
  const t = performance.now()
  for (let seed = from; seed < from + N; seed++) {
    const r = await runComposedLog(seed)
    events += r.events
    for (const [k, v] of r.tally) tally.set(k, (tally.get(k) ?? 0) + v)
    if (r.violations.length && bad++ < 5) console.log(seed, r.violations.slice(0, 4))
  }
  console.log({ bad, N, events, ms: performance.now() - t }, [...tally].sort())
})
