import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { defaultInput } from '../src/options.js'
import { OrdersFileError, parseOrders, readOrders } from '../src/orders-file.js'

const header = 'order_id,ordered_at,customer,sku,product,quantity,unit_price,express'
const good = 'A-1,2024-03-11T06:00:50Z,Zoë,NUT,"Nut, M8",2,0.10,no'

function failure(csv: string | Uint8Array): OrdersFileError {
  try {
    parseOrders(csv, 'week.csv')
  } catch (error) {
    if (error instanceof OrdersFileError) return error
    throw error
  }
  throw new Error('it was accepted')
}

test('rows of one order become one order, amounts become cents', () => {
  const csv = [
    header,
    good,
    'A-2,2024-03-11T06:01:00Z,Ola,NUT,"Nut, M8",1,0.1,yes',
    'A-1,2024-03-11T06:00:50Z,Zoë,BOLT,Bolt,1,1200,no',
  ].join('\n')
  expect(parseOrders(csv, 'week.csv')).toEqual([
    {
      id: 'A-1',
      orderedAt: '2024-03-11T06:00:50Z',
      customer: 'Zoë',
      express: false,
      lines: [
        { sku: 'NUT', quantity: 2, unitPrice: 10 },
        { sku: 'BOLT', quantity: 1, unitPrice: 120_000 },
      ],
      total: 120_020,
    },
    {
      id: 'A-2',
      orderedAt: '2024-03-11T06:01:00Z',
      customer: 'Ola',
      express: true,
      lines: [{ sku: 'NUT', quantity: 1, unitPrice: 10 }],
      total: 10,
    },
  ])
})

test('columns are found by name; a byte order mark, CRLF and blank lines do no harm', () => {
  const csv = '\ufeffexpress,sku,product,quantity,unit_price,note,customer,ordered_at,order_id\r\n\r\n'
  const orders = parseOrders(`${csv}yes,NUT,Nut,3,2.5,please ring,Ola,2024-03-11T06:00:50Z,A-1\r\n`, 'week.csv')
  expect(orders).toMatchObject([{ id: 'A-1', total: 750, express: true }])
})

test.each([
  ['a missing column', 'order_id,ordered_at,customer,sku,product,quantity,express\n', 1, 'the header lacks unit_price'],
  ['a column twice', `${header},sku\n`, 1, 'names sku twice'],
  ['no orders', `${header}\n`, 1, 'no orders'],
  ['a bad number', `${header}\n${good}\n${good.replace(',2,', ',two,').replace('A-1', 'A-2')}`, 3, 'quantity is "two"'],
  ['a negative quantity', `${header}\n\n${good.replace(',2,', ',-2,')}`, 3, 'quantity is "-2"'],
  ['a quantity of none', `${header}\n${good.replace(',2,', ',0,')}`, 2, 'quantity is "0"'],
  ['a quantity past all bounds', `${header}\n${good.replace(',2,', ',1e9,')}`, 2, 'quantity is "1e9"'],
  ['a bad price', `${header}\n${good.replace('0.10', '0.101')}`, 2, 'unit_price is "0.101"'],
  ['a negative price', `${header}\n${good.replace('0.10', '-1')}`, 2, 'unit_price is "-1"'],
  ['a bad id', `${header}\n${good.replace('A-1', 'A/1')}`, 2, 'order_id is "A/1"'],
  ['a bad product id', `${header}\n${good.replace('NUT', '')}`, 2, 'sku is ""'],
  ['no customer', `${header}\n${good.replace('Zoë', ' ')}`, 2, 'customer is empty'],
  ['a bad time', `${header}\n${good.replace('T06', 'T26')}`, 2, 'ordered_at is "2024-03-11T26:00:50Z"'],
  ['neither yes nor no', `${header}\n${good.replace(',no', ',maybe')}`, 2, 'express is "maybe"'],
  ['a field too few', `${header}\n${good}\nA-2,2024-03-11T06:00:50Z`, 3, 'has 2 fields where the header has 8'],
  [
    'a conflicting customer',
    `${header}\n${good}\n${good.replace('Zoë', 'Ola')}`,
    3,
    'conflicts with line 2: its customer',
  ],
  ['a conflicting kind', `${header}\n${good}\n${good.replace(',no', ',yes')}`, 3, 'conflicts with line 2: its express'],
  [
    'a conflicting time',
    `${header}\n${good}\n${good.replace(':50Z', ':51Z')}`,
    3,
    'conflicts with line 2: its ordered_at',
  ],
  ['a product twice in an order', `${header}\n${good}\n${good}`, 3, 'order A-1 has NUT twice'],
  ['an open quote', `${header}\n${good}\n\nA-2,"2024\nA-3,2024\nA-4,2024\n`, 4, 'never closed'],
  ['a stray quote', `${header}\n${good}\nA-2,"20"24,x,y,z,1,1,no\n`, 3, 'is not CSV'],
  ['an error after a row of two lines', `${header}\n${good.replace('Nut, M8', 'Nut\nM8')}\nA-2`, 4, 'has 1 fields'],
  [
    'an error in a row of two lines',
    `${header}\n${good.replace('Nut, M8', 'Nut\nM8').replace(',no', ',?')}`,
    2,
    'express',
  ],
])('%s is told with its line', (_what, csv, line, message) => {
  const error = failure(csv)
  expect(error.message).toContain(message)
  expect(error).toMatchObject({ file: 'week.csv', line })
  expect(error.message).toMatch(new RegExp(`^week\\.csv:${line}: `))
})

test('a file without anything in it', () => {
  expect(failure('').message).toBe('week.csv: is empty: it needs a header and orders')
  expect(failure('\n\n').line).toBeUndefined()
})

test('a file that cannot be read', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'orders-'))
  try {
    await expect(readOrders(join(folder, 'none.csv'))).rejects.toThrow(
      'none.csv: cannot be read: there is no such file',
    )
    await expect(readOrders(folder)).rejects.toThrow(OrdersFileError)
    await writeFile(join(folder, 'week.csv'), `${header}\n${good}\n`)
    await expect(readOrders(join(folder, 'week.csv'))).resolves.toHaveLength(1)
  } finally {
    await rm(folder, { recursive: true })
  }
})

test('names that objects have by themselves are ids like any other', () => {
  const csv = `${header}\n${good.replace('A-1', 'constructor').replace('NUT', 'toString')}`
  expect(parseOrders(csv, 'week.csv')).toMatchObject([{ id: 'constructor', lines: [{ sku: 'toString' }] }])
})

test('the shipped file is good, and what the demo says it is', async () => {
  const orders = await readOrders(defaultInput)
  expect(orders).toHaveLength(2_400)
  expect(orders.some(({ express }) => express)).toBe(true)
  expect(orders.some(({ lines }) => lines.length > 2)).toBe(true)
})
