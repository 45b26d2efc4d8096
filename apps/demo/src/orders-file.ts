import { readFile } from 'node:fs/promises'
import { type CsvRow, CsvSyntaxError, splitRows } from './csv-rows.js'
import type { Line } from './shop.js'

/** One order of the file: its rows put together, at most one a product. */
export interface FileOrder {
  readonly id: string
  readonly orderedAt: string
  readonly customer: string
  readonly express: boolean
  readonly lines: readonly Line[]
  /** In cents. */
  readonly total: number
}

/** What is wrong with a file of orders, and where: `line` counts from 1, the header included. */
export class OrdersFileError extends Error {
  override readonly name = 'OrdersFileError'
  readonly file: string
  readonly line: number | undefined

  constructor(file: string, line: number | undefined, problem: string, options?: ErrorOptions) {
    super(`${file}${line === undefined ? '' : `:${line}`}: ${problem}`, options)
    this.file = file
    this.line = line
  }
}

const columns = ['order_id', 'ordered_at', 'customer', 'sku', 'product', 'quantity', 'unit_price', 'express'] as const
type Column = (typeof columns)[number]
type Fail = (problem: string) => never

/** Reads and checks the whole file before it returns a single order. Rejects with `OrdersFileError`. */
export async function readOrders(file: string): Promise<FileOrder[]> {
  let bytes: Uint8Array
  try {
    bytes = await readFile(file)
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    const reason = code === 'ENOENT' ? 'there is no such file' : message
    throw new OrdersFileError(file, undefined, `cannot be read: ${reason}`, { cause: error })
  }
  return parseOrders(bytes, file)
}

/** Checks every row, in order, and stops at the first that is wrong: throws `OrdersFileError` with its line. */
export function parseOrders(csv: Uint8Array | string, file: string): FileOrder[] {
  const [header, ...rows] = rowsOf(csv, file)
  if (header === undefined) throw new OrdersFileError(file, undefined, 'is empty: it needs a header and orders')
  const columnAt = readHeader(header, file)
  const drafts = new Map<string, Draft>()
  for (const { fields, line } of rows) {
    const fail: Fail = (problem) => {
      throw new OrdersFileError(file, line, problem)
    }
    if (fields.length !== header.fields.length) {
      fail(`has ${fields.length} fields where the header has ${header.fields.length}`)
    }
    addRow(drafts, (column) => fields[columnAt[column]] ?? '', line, fail)
  }
  if (drafts.size === 0) throw new OrdersFileError(file, header.line, 'no orders follow the header')
  return [...drafts.values()].map(({ firstLine: _, ...order }) => order)
}

function rowsOf(csv: Uint8Array | string, file: string): CsvRow[] {
  try {
    return splitRows(csv)
  } catch (error) {
    if (!(error instanceof CsvSyntaxError)) throw error
    throw new OrdersFileError(file, error.line, error.message, { cause: error })
  }
}

function readHeader({ fields, line }: CsvRow, file: string): Record<Column, number> {
  const missing = columns.filter((name) => !fields.includes(name))
  if (missing.length > 0) {
    throw new OrdersFileError(file, line, `the header lacks ${missing.join(', ')}; it needs ${columns.join(', ')}`)
  }
  const twice = columns.find((name) => fields.indexOf(name) !== fields.lastIndexOf(name))
  if (twice !== undefined) throw new OrdersFileError(file, line, `the header names ${twice} twice`)
  return Object.fromEntries(columns.map((name) => [name, fields.indexOf(name)])) as Record<Column, number>
}

/** An order while its rows are still coming in. */
interface Draft extends FileOrder {
  readonly lines: Line[]
  total: number
  readonly firstLine: number
}

function addRow(drafts: Map<string, Draft>, value: (column: Column) => string, line: number, fail: Fail): void {
  const id = identifier('order_id', value('order_id'), fail)
  const item: Line = {
    sku: identifier('sku', value('sku'), fail),
    quantity: quantity(value('quantity'), fail),
    unitPrice: cents(value('unit_price'), fail),
  }
  filled('product', value('product'), fail)
  const head = {
    customer: filled('customer', value('customer'), fail),
    orderedAt: time(value('ordered_at'), fail),
    express: yesOrNo(value('express'), fail),
  }
  const draft = drafts.get(id) ?? { id, ...head, lines: [], total: 0, firstLine: line }
  for (const [key, column] of [
    ['customer', 'customer'],
    ['orderedAt', 'ordered_at'],
    ['express', 'express'],
  ] as const) {
    if (draft[key] === head[key]) continue
    fail(`order ${id} conflicts with line ${draft.firstLine}: its ${column} was "${draft[key]}" there`)
  }
  if (draft.lines.some(({ sku }) => sku === item.sku)) fail(`order ${id} has ${item.sku} twice`)
  draft.lines.push(item)
  draft.total += item.quantity * item.unitPrice
  drafts.set(id, draft)
}

function identifier(column: Column, text: string, fail: Fail): string {
  if (/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(text)) return text
  return fail(`${column} is "${text}": it takes 1 to 64 letters, digits, dots, dashes and underscores`)
}

const filled = (column: Column, text: string, fail: Fail): string => (text === '' ? fail(`${column} is empty`) : text)

function quantity(text: string, fail: Fail): number {
  const value = /^\d{1,6}$/.test(text) ? Number(text) : 0
  return value >= 1 ? value : fail(`quantity is "${text}": it takes a whole number from 1 to 999999`)
}

function cents(text: string, fail: Fail): number {
  const [, units, rest = ''] = /^(\d{1,7})(?:\.(\d{1,2}))?$/.exec(text) ?? []
  if (units === undefined) fail(`unit_price is "${text}": it takes an amount like 12.50`)
  return Number(units) * 100 + Number(rest.padEnd(2, '0'))
}

function time(text: string, fail: Fail): string {
  const iso = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(text) && !Number.isNaN(Date.parse(text))
  return iso ? text : fail(`ordered_at is "${text}": it takes a time like 2024-03-11T06:00:50Z`)
}

function yesOrNo(text: string, fail: Fail): boolean {
  return text === 'yes' || text === 'no' ? text === 'yes' : fail(`express is "${text}": it takes yes or no`)
}
