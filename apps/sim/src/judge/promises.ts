import type { Client } from '../world/client.js'
import type { Call } from '../world/recorder.js'
import { ACCOUNTS, DEPOSIT, type List, MOST_STOCK, STOCK } from '../world/refs.js'
import { type Evidence, valueAt } from './evidence.js'

/** What calls promised, against what the log holds in the end. */
export function judgePromises(evidence: Evidence): string[] {
  return [
    ...judgeElements(evidence),
    ...judgeCount(evidence, '/counter', (kind) => kind === 'commute', 'counts'),
    ...judgeCount(evidence, '/shared', (kind) => kind === 'local: both', 'shared counts'),
    ...judgeCount(evidence, '/tally', (kind) => kind === 'operate: tally', 'operations'),
    ...judgeStock(evidence),
    ...judgeBag(evidence),
    ...judgeLocals(evidence),
    ...judgeQueues(evidence),
    ...judgeInvariants(evidence),
  ]
}

/** What a call told its caller before a rollback is not certain any more. */
export function isCertain({ world }: Evidence, call: Call): boolean {
  const process = world.clients[call.client]?.process
  return process === undefined || !world.forgotten.has(process)
}

/** An acknowledged append is there once, a failed one never; each list has every element once. */
function judgeElements(evidence: Evidence): string[] {
  const { world } = evidence
  const faults: string[] = []
  const places = new Map<number, string[]>()
  for (const ref of world.refs.lists) {
    for (const element of listAt(evidence, ref)) {
      places.set(element, [...(places.get(element) ?? []), ref.name])
    }
  }
  for (const call of world.recorder.calls) {
    const { outcome, kind, id } = call
    const told = `T${id} (${kind}, ${outcome ?? 'open'})`
    const appends = outcome === 'ok' ? call.steps : call.intended
    for (const step of appends) {
      if (step.f !== 'append') continue
      const found = places.get(step.element) ?? []
      places.delete(step.element)
      if (found.length > 1) faults.push(`${told}: its append ${step.element} is there ${found.length} times`)
      if (found.length === 1 && (outcome === 'failed' || outcome === 'threw')) {
        faults.push(`${told}: its append ${step.element} is in ${step.key}`)
      }
      if (found.length === 0 && outcome === 'ok' && isCertain(evidence, call)) {
        faults.push(`${told}: its append ${step.element} to ${step.key} is lost`)
      }
    }
  }
  for (const [element, [place]] of places)
    faults.push(`${element} is in ${place}, and no call that may have put it there`)
  return faults
}

/** Empty where its container lost it: that is judged elsewhere. */
function listAt(evidence: Evidence, ref: { name: string; initial: List }): List {
  return (valueAt(evidence, ref, evidence.model.position) ?? []) as List
}

/** A ref that every call of a kind raises by one. */
function judgeCount(evidence: Evidence, name: string, counts: (kind: string) => boolean, what: string): string[] {
  const { world, model } = evidence
  const final = valueAt(evidence, { name, initial: 0 }, model.position) as number
  const calls = world.recorder.calls.filter(({ kind }) => counts(kind))
  const certain = calls.filter((call) => call.outcome === 'ok' && isCertain(evidence, call)).length
  const possible = calls.filter(({ outcome }) => outcome === 'ok' || outcome === 'info' || outcome === undefined).length
  if (certain <= final && final <= possible) return []
  return [`${final} ${what} in the end, where ${certain} to ${possible} were committed`]
}

/** What was taken and put is what is missing and there, but for calls whose end nobody knows. */
function judgeStock(evidence: Evidence): string[] {
  const { world, model } = evidence
  let [least, most] = [STOCK, STOCK]
  for (const call of world.recorder.calls) {
    const { kind, outcome, id } = call
    if (kind !== 'operate: stock' || world.refused.has(id)) continue
    if (outcome === 'failed' || outcome === 'threw') continue
    const n = world.operated.get(id) ?? 0
    const isCounted = outcome === 'ok' && isCertain(evidence, call)
    if (isCounted || n < 0) least += n
    if (isCounted || n > 0) most += n
  }
  const final = valueAt(evidence, world.refs.stock, model.position) as number
  return least <= final && final <= most ? [] : [`the stock is ${final} in the end, it must be ${least} to ${most}`]
}

/** Every element is there once, if its call says so. */
function judgeBag(evidence: Evidence): string[] {
  const { world } = evidence
  const found = listAt(evidence, world.refs.bag)
  const faults: string[] = []
  for (const call of world.recorder.calls) {
    const { kind, outcome, id } = call
    const element = world.operated.get(id)
    if (kind !== 'operate: bag' || element === undefined) continue
    const times = found.filter((other) => other === element).length
    if (times > 1) faults.push(`${element} is in the bag ${times} times`)
    if (times === 0 && outcome === 'ok' && isCertain(evidence, call)) faults.push(`${element} is not in the bag`)
    if (times > 0 && outcome === 'failed') faults.push(`${element} is in the bag, and its call failed`)
  }
  return faults
}

/** A client's local refs count its own transactions that changed them. */
function judgeLocals({ world }: Evidence): string[] {
  const faults: string[] = []
  for (const { number, name, localCounts } of world.live as Client[]) {
    if (localCounts === undefined) continue
    const [up, down] = localCounts
    const calls = world.recorder.calls.filter(
      ({ kind, client }) => client === number && (kind === 'local: both' || kind === 'local: local'),
    )
    const certain = calls.filter(({ outcome }) => outcome === 'ok').length
    const possible = certain + calls.filter(({ outcome }) => outcome === 'info').length
    if (up === -down && certain <= up && up <= possible) continue
    faults.push(
      `the local refs of ${name} are at ${up} and ${down}, where ${certain} to ${possible} counts were committed`,
    )
  }
  return faults
}

/** Each item is taken once. */
function judgeQueues(evidence: Evidence): string[] {
  const { world } = evidence
  const { offered, put, taken } = world.queued
  const faults: string[] = []
  const left = world.refs.queues.flatMap((queue) => listAt(evidence, queue))
  const seen = new Set<number>()
  for (const item of [...taken, ...left]) {
    if (seen.has(item)) faults.push(`item ${item} was taken twice, or taken and left`)
    if (!offered.has(item)) faults.push(`item ${item} was never put`)
    seen.add(item)
  }
  if (world.forgotten.size > 0) return []
  const missing = [...put].filter((item) => !seen.has(item)).length
  const unknown = world.recorder.calls.filter(
    ({ kind, outcome }) => kind.startsWith('take') && (outcome === 'info' || outcome === undefined),
  ).length
  if (missing > unknown) faults.push(`${missing} items are lost, at most ${unknown} were taken by who cannot tell`)
  return faults
}

/** Sums and doctors, at every position of the log. */
function judgeInvariants(evidence: Evidence): string[] {
  const { world, model } = evidence
  const faults: string[] = []
  for (let n = 0; n <= model.position; n++) {
    const sum = world.refs.accounts.reduce((total, account) => total + (valueAt(evidence, account, n) as number), 0)
    if (sum !== ACCOUNTS * DEPOSIT) faults.push(`at ${n} the accounts hold ${sum}`)
    const stock = valueAt(evidence, world.refs.stock, n) as number
    if (stock < 0 || stock > MOST_STOCK) faults.push(`at ${n} the stock is ${stock}`)
    if (!world.refs.doctors.some((doctor) => valueAt(evidence, doctor, n))) faults.push(`at ${n} no doctor is on call`)
  }
  return faults
}
