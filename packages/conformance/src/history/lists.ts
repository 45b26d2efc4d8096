import { type Anomaly, type Element, nameOf, type Op, type Step } from './history.js'

/** Who appended an element, and whether it was that transaction's last append to the key. */
export interface Writer {
  readonly op: Op
  readonly final: boolean
  readonly blind: boolean
}

/** What a transaction read of a key from outside: its own appends taken off. */
export interface ExternalRead {
  readonly op: Op
  readonly list: readonly Element[]
  readonly ensured: boolean
}

/** One key: its writers, its reads, and the order of its versions. */
export interface KeyHistory {
  readonly key: string
  readonly writers: Map<Element, Writer>
  readonly reads: ExternalRead[]
  /** The longest read; undefined where reads contradict each other. */
  order: readonly Element[] | undefined
}

/** Reads a history key by key, and reports what is wrong with single transactions and single reads. */
export function readLists(history: readonly Op[], report: (anomaly: Anomaly) => void): KeyHistory[] {
  const keys = new Map<string, KeyHistory>()
  const of = (key: string) => {
    let found = keys.get(key)
    if (found === undefined) {
      found = { key, writers: new Map(), reads: [], order: undefined }
      keys.set(key, found)
    }
    return found
  }
  for (const op of history) collectAppends(op, of)
  for (const op of history) {
    if (op.outcome === 'ok' || op.outcome === 'threw') collectReads(op, of, report)
  }
  for (const key of keys.values()) key.order = versionOrder(key, report)
  return [...keys.values()]
}

function collectAppends(op: Op, of: (key: string) => KeyHistory): void {
  const last = new Map<string, Element>()
  for (const step of op.steps) if (step.f === 'append') last.set(step.key, step.element)
  for (const step of op.steps) {
    if (step.f !== 'append') continue
    const { writers } = of(step.key)
    if (writers.has(step.element)) throw new Error(`the generator is broken: ${step.element} is appended twice`)
    writers.set(step.element, { op, final: last.get(step.key) === step.element, blind: step.blind ?? false })
  }
}

function collectReads(op: Op, of: (key: string) => KeyHistory, report: (anomaly: Anomaly) => void): void {
  const known = new Map<string, Element[]>()
  const own = new Map<string, Element[]>()
  for (const step of op.steps) {
    const mine = own.get(step.key) ?? []
    const before = known.get(step.key)
    if (step.f === 'append') {
      own.set(step.key, [...mine, step.element])
      before?.push(step.element)
    } else if (before !== undefined) {
      if (!equal(step.list, before)) report(internal(op, step, before))
    } else {
      known.set(step.key, [...step.list])
      const outside = step.list.length - mine.length
      if (outside < 0 || !equal(step.list.slice(outside), mine)) {
        report(internal(op, step, mine))
        continue
      }
      const read = { op, list: step.list.slice(0, outside), ensured: step.ensured ?? false }
      const key = of(step.key)
      if (judgeRead(read, key, report)) key.reads.push(read)
    }
  }
}

/** False where the read is too broken to say anything about the order of versions. */
function judgeRead({ op, list }: ExternalRead, key: KeyHistory, report: (anomaly: Anomaly) => void): boolean {
  const told = `${nameOf(op)} read ${key.key} = [${list}]`
  if (new Set(list).size !== list.length) {
    report({ name: 'duplicate-elements', message: `${told}: an element is there twice` })
    return false
  }
  for (const element of list) {
    const writer = key.writers.get(element)
    if (writer === undefined) {
      report({ name: 'unknown-element', message: `${told}: nobody appended ${element}` })
      return false
    }
    if (writer.op === op) {
      report({ name: 'future-read', message: `${told}: ${element} is its own append, not made yet` })
      return false
    }
    if (writer.op.outcome === 'failed' || writer.op.outcome === 'threw') {
      report({ name: 'G1a', message: `${told}: ${element} is of ${nameOf(writer.op)}, which ${writer.op.outcome}` })
      return false
    }
  }
  const last = list.at(-1)
  const writer = last === undefined ? undefined : key.writers.get(last)
  if (writer && !writer.final) {
    report({ name: 'G1b', message: `${told}: ${last} is not the last that ${nameOf(writer.op)} appended there` })
  }
  return true
}

function versionOrder(key: KeyHistory, report: (anomaly: Anomaly) => void): readonly Element[] | undefined {
  let longest: ExternalRead | undefined
  for (const read of key.reads) if (read.list.length > (longest?.list.length ?? 0)) longest = read
  if (longest === undefined) return []
  for (const { op, list } of key.reads) {
    if (equal(list, longest.list.slice(0, list.length))) continue
    const message = `${key.key} was [${list}] for ${nameOf(op)} and [${longest.list}] for ${nameOf(longest.op)}`
    report({ name: 'incompatible-order', message })
    return undefined
  }
  return longest.list
}

function internal(op: Op, step: Step & { f: 'read' }, expected: readonly Element[]): Anomaly {
  const message = `${nameOf(op)} read ${step.key} = [${step.list}] after what it had seen and done: [${expected}]`
  return { name: 'internal', message }
}

function equal(a: readonly Element[], b: readonly Element[]): boolean {
  return a.length === b.length && a.every((element, i) => element === b[i])
}
