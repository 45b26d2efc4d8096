import { readAll, record, shown, textOf } from '../fixtures/records.js'
import type { Scenario, Suite } from '../scenario.js'

const empty: Scenario = {
  name: 'log/empty',
  law: 'Log 2',
  run: async (bench) => {
    const log = await bench.log()
    bench.equal(await log.tail(), 0, 'the tail of an empty log')
    bench.equal(await log.floor(), 1, 'the floor of an empty log')
    bench.equal(await log.read(0, 10), [], 'what it reads')
    bench.equal(await log.read(7, 10), [], 'what it reads behind its end')
    const { position, missed } = await log.append(record('first'), 0)
    bench.equal([position, missed], [1, []], 'the first append')
    bench.equal((await log.read(0, 10)).map(shown), ['1 first'], 'what it reads then')
  },
}

const append: Scenario = {
  name: 'log/append',
  law: 'Log 1',
  run: async (bench) => {
    const [log, other] = await bench.logs(2)
    let last = 0
    for (const name of ['a', 'b', 'a', 'c']) {
      const { position } = await log.append(record(name), last)
      bench.ok(position > last, `position ${position} does not follow ${last}`)
      last = position
      const found = await other.read(position - 1, 1)
      bench.equal(found.map(shown), [`${position} ${name}`], 'what another client reads there')
    }
    bench.equal((await readAll(other)).map(textOf).filter(Boolean), ['a', 'b', 'a', 'c'], 'the log')
  },
}

const everyByte = Uint8Array.from({ length: 256 }, (_, i) => i)
const BINARY: Readonly<Record<string, Uint8Array>> = {
  'every byte': everyByte,
  'every byte backwards': everyByte.toReversed(),
  zeros: new Uint8Array(1000),
  'a single zero': new Uint8Array(1),
  'what is no UTF-8': Uint8Array.of(0xff, 0xfe, 0xc0, 0x80, 0xed, 0xa0, 0x80),
  'a byte order mark': Uint8Array.of(0xef, 0xbb, 0xbf, 0x61),
  'text beyond ASCII': record('\u00e9 \u5e97 \u{1f680}'),
  JSON: record('{"a":[1,"\\u0000",null]}'),
  'quotes and escapes': record('"\\\'\n\r\t\u0001'),
  'a part of a larger buffer': everyByte.subarray(7, 77),
}

const binary: Scenario = {
  name: 'log/binary',
  law: 'Log 2',
  run: async (bench) => {
    const log = await bench.log()
    const reader = await bench.log()
    for (const [what, bytes] of Object.entries(BINARY)) {
      const wanted = Uint8Array.from(bytes)
      const { position } = await log.append(bytes, 0)
      const [entry] = await reader.read(position - 1, 1)
      bench.equal(Uint8Array.from(entry?.record ?? []), wanted, `a record of ${what}`)
    }
    const chance = Uint8Array.from({ length: 5000 }, () => bench.random.between(0, 255))
    const { position } = await log.append(Uint8Array.from(chance), 0)
    const [entry] = await reader.read(position - 1, 1)
    bench.equal(Uint8Array.from(entry?.record ?? []), chance, 'a record of random bytes')
  },
}

/** One that is no text, as large as said. */
const large = (size: number) => Uint8Array.from({ length: size }, (_, i) => (i * 31) & 0xff)

const holds = (name: string, size: number): Scenario => ({
  name,
  law: 'Log 1',
  run: async (bench) => {
    const log = await bench.log()
    const bytes = large(Math.min(size, log.maxBytes ?? size))
    const { position } = await log.append(Uint8Array.from(bytes), 0)
    const [entry] = await (await bench.log()).read(0, 10)
    bench.equal(entry?.position, position, 'the position of the large record')
    bench.ok(entry !== undefined && Buffer.compare(entry.record, bytes) === 0, 'the large record came back otherwise')
  },
})

const limit: Scenario = {
  name: 'log/limit',
  law: 'Log 1',
  run: async (bench) => {
    const log = await bench.log()
    const most = bench.offered(log.maxBytes)
    bench.ok(Number.isSafeInteger(most) && most >= 65_536, `maxBytes is ${most}, too little for a record`)
    await log.append(large(most), 0)
    const tail = await log.tail()
    await bench.rejectsAs('invalid', () => log.append(large(most + 1), 0), 'a record of one byte more than maxBytes')
    bench.equal(await log.tail(), tail, 'the tail after what was refused')
  },
}

export const appending: Suite = [
  empty,
  append,
  binary,
  holds('log/1MiB', 1 << 20),
  {
    has: ({ log }) => log?.maxBytes === undefined,
    strong: [holds('log/4MiB', 4 << 20)],
    weak: [limit],
  },
]
