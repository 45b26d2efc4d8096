import { connect } from '@avout/core'
import { postgres } from './dist/index.js'
const url = process.env.URL_ ?? 'postgres://postgres@127.0.0.1:54391/postgres'
const clock = { now: () => performance.now(), sleep: (ms, s) => new Promise((r, j) => { const t = setTimeout(r, ms); s?.addEventListener('abort', () => { clearTimeout(t); j(s.reason) }) }) }
const backend = postgres(url)
const session = await backend.open({ realm: 'bench' + Date.now(), clock, report() {} })
const rec = Buffer.alloc(6000, 'x')
const N = 1500
async function run(label, inflight, nvals) {
  let n = 0, v = 0
  const lats = []
  const t0 = performance.now()
  await Promise.all(Array.from({ length: inflight }, async () => {
    let after = 0
    while (n++ < N) {
      const values = Array.from({ length: nvals }, (_, i) => ({ ref: `/account/${(v + i * 7) % 1000}`, version: `abcdefghijklmnopqrstuv.${v}.${i>>1}`, value: 1000 + i }))
      v++
      const t = performance.now()
      const a = await session.log.appendWith(rec, after, values)
      lats.push(performance.now() - t)
      after = a.position
    }
  }))
  const s = (performance.now() - t0) / 1000
  lats.sort((a, b) => a - b)
  console.log(label, inflight, nvals, (N / s).toFixed(0) + '/s', 'values/s', (N * nvals / s).toFixed(0), 'p50', lats[lats.length >> 1].toFixed(2))
}
await run('warm', 1, 10)
await run('append', 1, 0)
await run('append', 1, 100)
await run('append', 4, 0)
await run('append', 4, 100)
const t1 = performance.now(); for (let i = 0; i < 1000; i++) await session.log.tail(); console.log('tail', (1000 / (performance.now() - t1) * 1000).toFixed(0) + '/s')
await session.close()

async function transfers(accounts, secs = 4) {
  const store = postgres(url)
  const avout = await connect({ coordinator: store, realm: 't' + Date.now() })
  const refs = Array.from({ length: accounts }, (_, i) => avout.ref(`/account/${i}`, 1000))
  let done = 0, stop = false
  const work = async () => { while (!stop) { const a = refs[Math.random() * accounts | 0]; let b = refs[Math.random() * accounts | 0]; if (a === b) continue
    await avout.dosync(async tx => { await tx.alter(a, x => x - 1); await tx.alter(b, x => x + 1) }); done++ } }
  const ws = Array.from({ length: 64 }, work)
  await new Promise(r => setTimeout(r, 1500)); done = 0; const c0 = process.cpuUsage(); const t = performance.now()
  await new Promise(r => setTimeout(r, secs * 1000)); const rate = done / (performance.now() - t) * 1000; const c = process.cpuUsage(c0)
  stop = true; await Promise.all(ws); console.log('transfers', accounts, rate.toFixed(0) + '/s', 'node cpu', ((c.user + c.system) / 1e6 / secs).toFixed(2)); await avout.close()
}
await transfers(1000)
await transfers(2)
