import { CsvError, type InfoRecord, parse } from 'csv-parse/sync'

export interface CsvRow {
  readonly fields: readonly string[]
  /** Where the row begins in the file, from 1. */
  readonly line: number
}

/** Not CSV: `line` is where the row that breaks it begins. */
export class CsvSyntaxError extends Error {
  override readonly name = 'CsvSyntaxError'
  readonly line: number

  constructor(line: number, problem: string, options?: ErrorOptions) {
    super(problem, options)
    this.line = line
  }
}

/** The rows of a CSV text, blank ones left out, the header first. Throws `CsvSyntaxError`. */
export function splitRows(csv: Uint8Array | string): CsvRow[] {
  try {
    const records = parse(csv, {
      bom: true,
      info: true,
      raw: true,
      trim: true,
      relax_column_count: true,
      skip_records_with_empty_values: true,
    }) as unknown as { record: string[]; raw: string; info: InfoRecord }[]
    return records.map(({ record, raw, info }) => ({ fields: record, line: begin(info.lines, raw) }))
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    const open = error.code === 'CSV_QUOTE_NOT_CLOSED'
    const problem = open ? 'a quote is opened in this row and never closed' : `is not CSV: ${error.message}`
    throw new CsvSyntaxError(begin(Number(error.lines), String(error.raw)), problem, { cause: error })
  }
}

/** The parser says where a row ended, or where it gave up on it; a quoted field may span several lines. */
const begin = (end: number, raw: string): number => end - (raw.trim().match(/\r\n|\n|\r/g)?.length ?? 0)
