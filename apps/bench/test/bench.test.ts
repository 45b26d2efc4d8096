import { expect, test } from 'vitest'
import { bench } from '../src/bench.js'
import type { System } from '../src/systems/system.js'
import { leaky, racy, sound } from './systems.js'

async function run(args: string, systems?: readonly System[]) {
  const text = { out: '', err: '' }
  const write = (to: 'out' | 'err') => ({
    write: (more: string) => {
      text[to] += more
    },
  })
  const code = await bench(args.split(' '), write('out'), write('err'), systems)
  return { code, ...text }
}

const lines = (out: string) =>
  out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>)

test.each(['T', 'H', 'L'])('%s: a JSON object a system and line, then the ratios', async (workload) => {
  const { code, out, err } = await run(`--workload ${workload} --backend memory --against effect --seconds 0.1 --json`)
  expect([code, err]).toEqual([0, ''])
  const [avout, effect, ratios, ...rest] = lines(out)
  expect(rest).toEqual([])
  expect(avout).toMatchObject({ system: 'avout', workload, backend: 'memory', clients: 1, seconds: 0.1 })
  expect(effect).toMatchObject({ system: 'effect', workload, concurrency: workload === 'L' ? 1 : 64 })
  for (const system of [avout, effect]) {
    for (const figure of ['txPerSecond', 'p50ms', 'p99ms', 'transactions']) expect(system?.[figure]).toBeGreaterThan(0)
    expect(system?.p99ms).toBeGreaterThanOrEqual(system?.p50ms as number)
    expect(system?.rounds).toHaveLength(5)
    expect(system?.rounds).toContain(system?.txPerSecond)
  }
  const ratio = (avout?.txPerSecond as number) / (effect?.txPerSecond as number)
  expect(ratios).toMatchObject({
    workload,
    ratio: 'avout/effect',
    p50ms: expect.any(Number),
    p99ms: expect.any(Number),
  })
  // Of the figures before they were rounded, and rounded itself.
  expect(Math.abs((ratios?.txPerSecond as number) / ratio - 1)).toBeLessThan(0.05)
})

test('C: one ref, counted up by operations and by alter', async () => {
  const { code, out, err } = await run('--workload C --seconds 0.1 --json')
  expect([code, err]).toEqual([0, ''])
  const [avout, alter, ratios] = lines(out)
  expect(avout).toMatchObject({ system: 'avout', workload: 'C', by: 'counter', concurrency: 64 })
  expect(alter).toMatchObject({ system: 'alter', workload: 'C' })
  expect(ratios).toMatchObject({ ratio: 'avout/alter' })
  const total = await run('--workload C --total 5000 --against none --seconds 0.1 --json')
  expect(lines(total.out)).toEqual([expect.objectContaining({ transactions: 5_000 })])
})

test('several clients share the work', async () => {
  const { code, out } = await run('--workload H --clients 3 --against none --seconds 0.1 --json')
  expect(code).toBe(0)
  expect(lines(out)).toEqual([expect.objectContaining({ system: 'avout', clients: 3 })])
})

test('R: the log is replayed by cold clients, who find every balance right', async () => {
  const { code, out, err } = await run('--workload R --seconds 0.1 --json')
  expect([code, err]).toEqual([0, ''])
  const [replay, ...rest] = lines(out)
  expect(rest).toEqual([])
  expect(replay).toMatchObject({ system: 'avout', workload: 'R', backend: 'memory' })
  for (const figure of ['txPerSecond', 'txPerCpuSecond', 'replayMs', 'records'])
    expect(replay?.[figure]).toBeGreaterThan(0)
  expect(replay?.transactions).toBeGreaterThan(replay?.records as number)
})

test('without --json a table', async () => {
  const { code, out } = await run('--workload L --seconds 0.1', [sound, sound])
  expect(code).toBe(0)
  expect(out).toMatch(/^L: transfers between 2 of 1000 refs, 1 at a time, on memory\n/)
  expect(out).toMatch(/ sound +[\d,]+ +[\d.e-]+ +[\d.e-]+ +[\d.e-]+ +[\d,]+ to [\d,]+\n/)
  expect(out).toMatch(/sound\/sound +×[\d.]+/)
})

test.each([
  ['T', racy],
  ['H', racy],
  ['T', leaky],
  ['L', leaky],
] as const)('%s: money lost is told, figures are not, and the exit code is 1', async (workload, system) => {
  const { code, out, err } = await run(`--workload ${workload} --seconds 0.1 --json`, [sound, system])
  expect([code, out]).toEqual([1, ''])
  expect(err).toMatch(new RegExp(`^${system.name}: (the sum of all accounts is|account \\d+ holds)`))
})

test('wrong usage: the error, the usage, code 2', async () => {
  const { code, out, err } = await run('--workload X')
  expect(err).toMatch(/^--workload is one of T, H, L, A, AH, C, K, KL, R, not "X"\n\nUsage: pnpm bench/)
  expect([code, out]).toEqual([2, ''])
})

test('--help prints the usage and measures nothing', async () => {
  expect(await run('--help')).toMatchObject({ code: 0, out: expect.stringMatching(/^Usage: pnpm bench/) })
})

test.each(['A', 'AH', 'K'])('%s on memory has no peer, and every balance is right', async (workload) => {
  const { code, out, err } = await run(`--workload ${workload} --seconds 0.1 --json`)
  expect([code, err]).toEqual([0, ''])
  expect(lines(out)).toEqual([expect.objectContaining({ system: 'avout', workload })])
})

test.each([
  ['AH', 'redis', 'compare-and-set'],
  ['AH', 'postgres', 'compare-and-set'],
  ['AH', 'mongo', 'compare-and-set'],
  ['AH', 'zookeeper', 'compare-and-set'],
  ['K', 'redis', 'redlock'],
])('%s on %s: against %s', { timeout: 60_000 }, async (workload, backend, peer) => {
  const { code, out, err } = await run(`--workload ${workload} --backend ${backend} --seconds 0.1 --rounds 1 --json`)
  expect([code, err]).toEqual([0, ''])
  expect(lines(out)).toEqual([
    expect.objectContaining({ system: 'avout' }),
    expect.objectContaining({ system: peer }),
    expect.objectContaining({ ratio: `avout/${peer}` }),
  ])
})
