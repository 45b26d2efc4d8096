import { nameFault } from '../api/names.js'
import type { Data } from '../contracts/data.js'
import { IncompatibleError } from '../errors.js'
import type { Step } from '../state/made.js'
import type { RefState, RefStates } from '../state/ref-state.js'
import {
  CREATES,
  DELETES,
  type Expectation,
  FORMAT,
  type LogRecord,
  MAX_WINDOW,
  type Operation,
  type RangeExpectation,
  type Send,
  type Transaction,
  type TransactionsRecord,
  UPDATES,
  type Write,
} from './record.js'
import { areNumeric, fits, isKnown, isNumeric } from './steps.js'

/** Bytes that are no record of ours. Every client refuses them alike, whole: the entry then counts as nothing. */
class Malformed extends Error {}

const MALFORMED: LogRecord = { kind: 'malformed' }
const NOOP: LogRecord = { kind: 'noop' }
const NOTHING: readonly never[] = []

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Base64url. It stands in versions as it is: nothing there may need an escape, or look like a mark or a dot. */
const CLIENT = /^[\w-]+$/

/**
 * The record of a log entry. Bytes that are none are `malformed`; a format or a kind that is newer than this code throws
 * `IncompatibleError`: who cannot judge a record must not judge what follows.
 */
export function decodeRecord(bytes: Uint8Array, states: RefStates): LogRecord {
  if (bytes.length === 0) return NOOP
  let raw: unknown
  try {
    raw = JSON.parse(utf8.decode(bytes))
  } catch {
    return MALFORMED // not JSON: somebody else's bytes
  }
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) return MALFORMED
  const fields = raw as Record<string, unknown>
  if (!isCount(fields.f) || fields.f === 0) return MALFORMED
  if (fields.f > FORMAT) {
    throw new IncompatibleError(`the log holds format ${fields.f}, this version reads up to ${FORMAT}: upgrade it`)
  }
  try {
    if (fields.k === undefined) return decodeTransactions(fields, states)
    if (fields.k === 'realm') return decodeRealm(fields)
  } catch (error) {
    if (error instanceof Malformed) return MALFORMED
    throw error
  }
  if (typeof fields.k !== 'string') return MALFORMED
  throw new IncompatibleError(`the log holds a record of the unknown kind "${fields.k}": upgrade this version`)
}

function decodeRealm(fields: Record<string, unknown>): LogRecord {
  const { f: _format, k: _kind, window, inlineLimit, ...unknown } = fields
  check(isCount(window) && window > 0 && window <= MAX_WINDOW && isCount(inlineLimit))
  refuseUnknown('a realm', unknown)
  return { kind: 'realm', window, inlineLimit }
}

function decodeTransactions(fields: Record<string, unknown>, states: RefStates): TransactionsRecord {
  const { f: _format, c: client, n: number, s, h, a: name, b: homes, t, ...unknown } = fields
  check(isString(client) && CLIENT.test(client) && isCount(number) && isCount(s) && isString(h))
  check(name === undefined || isString(name))
  check(Array.isArray(homes) && homes.every(isString) && Array.isArray(t))
  refuseUnknown('a record', unknown)
  const reader = new Reader(client, homes, states)
  const transactions = new Array<Transaction | undefined>(t.length)
  for (let i = 0; i < t.length; i++) transactions[i] = t[i] === 0 ? undefined : reader.transaction(t[i])
  return { kind: 'transactions', client, name, number, s, h, transactions }
}

class Reader {
  constructor(
    private readonly client: string,
    private readonly homes: readonly string[],
    private readonly states: RefStates,
  ) {}

  transaction(raw: unknown): Transaction {
    check(Array.isArray(raw) && (raw.length === 3 || raw.length === 4))
    const [id, reads, writes, rest] = raw as unknown[]
    check(isString(id) || isCount(id))
    check(Array.isArray(writes))
    const decoded = new Array<Write>(writes.length)
    for (let i = 0; i < writes.length; i++) decoded[i] = this.write(writes[i])
    return {
      id,
      reads: this.expectations(reads),
      writes: decoded,
      ...(rest === undefined ? NO_REST : this.rest(rest, decoded)),
    }
  }

  private rest(
    raw: unknown,
    writes: readonly Write[],
  ): Pick<Transaction, 'label' | 'ranges' | 'grants' | 'operations' | 'sends'> {
    check(typeof raw === 'object' && raw !== null && !Array.isArray(raw))
    const { l: label, r = NOTHING, g = NOTHING, o = NOTHING, q = NOTHING, ...unknown } = raw as Record<string, unknown>
    check(Array.isArray(r) && Array.isArray(o) && Array.isArray(q))
    check(label === undefined || isString(label))
    refuseUnknown('a transaction', unknown)
    return {
      label,
      ranges: r.map((range) => this.range(range)),
      grants: this.expectations(g),
      operations: this.operations(o, writes),
      sends: q.map(decodeSend),
    }
  }

  private expectations(raw: unknown): readonly Expectation[] {
    check(Array.isArray(raw) && raw.length % 2 === 0)
    if (raw.length === 0) return NOTHING
    const expectations = new Array<Expectation>(raw.length / 2)
    for (let i = 0; i < expectations.length; i++) {
      const state = this.ref(raw[2 * i])
      const [version, marked] = this.version(raw[2 * i + 1])
      expectations[i] = { state, version, marked }
    }
    return expectations
  }

  private write(raw: unknown): Write {
    check(Array.isArray(raw) && (raw.length === 5 || raw.length === 6))
    const [ref, home, expected, existence, value, exists] = raw as unknown[]
    check(isCount(home) && home < this.homes.length)
    check(existence === UPDATES || existence === CREATES || existence === DELETES)
    check(raw.length === 5 || (value === 0 && (exists === 0 || exists === 1)))
    const isThere = raw.length === 5 || exists === 1
    check(existence === UPDATES || isThere === (existence === CREATES))
    const [version, marked] = this.version(expected)
    return {
      state: this.ref(ref),
      home: this.homes[home] as string,
      version,
      marked,
      existence,
      exists: isThere,
      data: raw.length === 5 ? (value as Data) : undefined,
    }
  }

  /** One version a ref: what a transaction writes as well, or operates on twice, could not be told apart. */
  private operations(raw: readonly unknown[], writes: readonly Write[]): readonly Operation[] {
    if (raw.length === 0) return NOTHING
    const taken = new Set(writes.map(({ state }) => state))
    const operations = raw.map((operation) => this.operation(operation))
    for (const { state } of operations) {
      check(!taken.has(state))
      taken.add(state)
    }
    return operations
  }

  private operation(raw: unknown): Operation {
    check(Array.isArray(raw) && raw.length > 5)
    const [ref, home, existed, initial, attested, ...rest] = raw as unknown[]
    check(isCount(home) && home < this.homes.length && (existed === 0 || existed === 1))
    const steps = rest.map(decodeStep)
    check(attested === null || Number.isFinite(attested))
    if (areNumeric(steps)) check(Number.isFinite(initial))
    else check(!steps.some(isNumeric) && attested === null)
    return {
      state: this.ref(ref),
      home: this.homes[home] as string,
      existed: existed === 1,
      initial: initial as Data,
      attested: attested as number | null,
      steps,
    }
  }

  /** Stores refuse what is no name, and redo would fail on it for ever. What is known was checked. */
  private ref(name: unknown): RefState {
    check(isString(name))
    const known = this.states.get(name)
    if (known !== undefined) return known
    check(nameFault(name) === undefined)
    return this.states.of(name)
  }

  private range(raw: unknown): RangeExpectation {
    check(Array.isArray(raw) && raw.length === 3)
    const [from, to] = raw as unknown[]
    check(isString(from) && isString(to))
    const [version, marked] = this.version(raw[2])
    return { from, to, version, marked }
  }

  private version(raw: unknown): [version: string, marked: boolean] {
    check(isString(raw))
    const marked = raw.charCodeAt(0) === ASTERISK
    const version = marked ? raw.slice(1) : raw
    return [version.charCodeAt(0) === DOT ? this.client + version : version, marked]
  }
}

const ASTERISK = 42
const DOT = 46

const NO_REST = { label: undefined, ranges: NOTHING, grants: NOTHING, operations: NOTHING, sends: NOTHING }

function decodeStep(raw: unknown): Step {
  check(Array.isArray(raw) && raw.length === 3)
  const [name, version, argument] = raw as unknown[]
  check(isString(name) && isCount(version))
  const step = { name, version, argument: argument as Data }
  if (!isKnown(step)) {
    throw new IncompatibleError(`the log holds the unknown operation "${name}": upgrade this version`)
  }
  check(fits(step))
  return step
}

function decodeSend(raw: unknown): Send {
  check(Array.isArray(raw) && (raw.length === 2 || raw.length === 3))
  const [agent, action, argument] = raw as unknown[]
  check(isString(agent) && isString(action))
  return { agent, action, argument: argument as Data | undefined }
}

/** What a newer version put there may bear on the verdict. */
function refuseUnknown(where: string, unknown: Record<string, unknown>): void {
  const [part] = Object.keys(unknown)
  if (part === undefined) return
  throw new IncompatibleError(`the log holds ${where} with the unknown part "${part}": upgrade this version`)
}

const isString = (value: unknown): value is string => typeof value === 'string'
const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0

function check(condition: boolean): asserts condition {
  if (!condition) throw new Malformed('malformed record')
}
