import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { demo } from '../src/demo.js'
import type { Assignment } from '../src/stores/assignment.js'
import { type Place, placeOf } from '../src/stores/servers.js'
import { Text } from './text.js'

const never = new AbortController().signal

async function run(
  args: readonly string[],
  options: { interrupted?: AbortSignal; place?: (assignment: Assignment) => Promise<Place> } = {},
) {
  const [out, err] = [new Text(), new Text()]
  const code = await demo(args, { out, err, interrupted: never, ...options })
  return { code, out: out.text, err: err.text }
}

test('a small day, whole: hello, orders shipped and rejected, audit passed', async () => {
  const { code, out, err } = await run(['--orders', '150', '--clients', '4'])
  expect(err).toBe('')
  expect(out).toContain('hello: r0 is 1, r1 is [1]')
  expect(out).toContain('audit passed')
  expect(out).toMatch(/ {2}orders +150\n/)
  const [shipped, rejected] = ['shipped', 'rejected'].map((what) =>
    Number(new RegExp(`^  ${what} +(\\d+)$`, 'm').exec(out)?.[1]),
  )
  expect((shipped ?? 0) + (rejected ?? 0)).toBe(150)
  expect(rejected).toBeGreaterThan(0)
  expect(out).toContain('sold out: ')
  expect(code).toBe(0)
})

test('one client alone is enough', async () => {
  await expect(run(['--orders', '20', '--clients', '1'])).resolves.toMatchObject({ code: 0 })
})

test('interrupted before the first order: an honest, partial report', async () => {
  const { code, out, err } = await run(['--orders', '30'], { interrupted: AbortSignal.abort() })
  expect(out).toMatch(/ {2}orders +0 of 30: interrupted\n/)
  expect(out).toContain('audit passed')
  expect(err).toBe('interrupted: 30 orders were not taken\n')
  expect(code).toBe(130)
})

test('interrupted in the middle: what was taken is brought to its end', async () => {
  const stop = new AbortController()
  const out = new Text()
  const write = out.write.bind(out)
  // The first product to sell out is somewhere in the middle of the day.
  out.write = (text) => {
    write(text)
    if (text.startsWith('sold out')) stop.abort()
  }
  const code = await demo(['--orders', '600'], { out, err: new Text(), interrupted: stop.signal })
  const taken = Number(/ {2}orders +(\d+) of 600: interrupted\n/.exec(out.text)?.[1])
  expect(taken).toBeGreaterThan(0)
  expect(taken).toBeLessThan(600)
  expect(out.text).toContain('audit passed')
  expect(code).toBe(130)
})

test('wrong usage: the error, the usage, code 2', async () => {
  const { code, out, err } = await run(['--clients', 'many'])
  expect(err).toMatch(/^--clients takes a whole number from 1 to 64, not "many"\n\nUsage: pnpm demo/)
  expect([code, out]).toEqual([2, ''])
})

test('--help prints the usage and does nothing else', async () => {
  const { code, out } = await run(['--help'], {
    place: () => {
      throw new Error('opened')
    },
  })
  expect(out).toMatch(/^Usage: pnpm demo/)
  expect(code).toBe(0)
})

test('a bad last line: its number, and not even a store is made', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'demo-'))
  const file = join(folder, 'week.csv')
  let opened = 0
  const place = (assignment: Assignment) => {
    opened++
    return placeOf(assignment)
  }
  try {
    const rows = [
      'order_id,ordered_at,customer,sku,product,quantity,unit_price,express',
      'A-1,2024-03-11T06:00:50Z,Zoë,NUT,Nut,2,0.10,no',
      'A-2,2024-03-11T06:00:50Z,Zoë,NUT,Nut,-2,0.10,no',
    ]
    await writeFile(file, rows.join('\n'))
    const { code, out, err } = await run(['--input', file], { place })
    expect(err).toBe(`${file}:3: quantity is "-2": it takes a whole number from 1 to 999999\n`)
    expect([code, out, opened]).toEqual([1, '', 0])
    await writeFile(file, rows.slice(0, 2).join('\n'))
    await expect(run(['--input', file], { place })).resolves.toMatchObject({ code: 0 })
    expect(opened).toBe(1)
  } finally {
    await rm(folder, { recursive: true })
  }
})
