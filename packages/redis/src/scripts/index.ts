import { COUNT, NEXT } from './counter.js'
import { LOCK } from './lock.js'
import { APPEND, HEADS, READ, TRIM } from './log.js'
import { LOOK, SET } from './state.js'
import { GET, PUT, REMOVE, SHOW } from './values.js'

/** By the name of the command that runs it. The driver sends a text once a connection, then its hash. */
export const scripts = {
  avoutAppend: { lua: APPEND },
  avoutRead: { lua: READ, numberOfKeys: 2 },
  avoutHeads: { lua: HEADS, numberOfKeys: 1 },
  avoutTrim: { lua: TRIM, numberOfKeys: 2 },
  avoutPut: { lua: PUT },
  avoutGet: { lua: GET },
  avoutRemove: { lua: REMOVE },
  avoutShow: { lua: SHOW },
  avoutLook: { lua: LOOK, numberOfKeys: 2 },
  avoutSet: { lua: SET, numberOfKeys: 1 },
  avoutNext: { lua: NEXT, numberOfKeys: 1 },
  avoutCount: { lua: COUNT, numberOfKeys: 1 },
  avoutLock: { lua: LOCK, numberOfKeys: 2 },
}

/** The scripts as the driver offers them: those without a number of keys take it first. */
export interface Scripted {
  avoutAppendBuffer(keys: number, ...args: (string | number | Buffer)[]): Promise<(number | Buffer)[]>
  avoutReadBuffer(head: string, log: string, after: number, limit: number): Promise<(number | Buffer)[]>
  avoutHeads(head: string): Promise<[tail: number, floor: number]>
  avoutTrim(head: string, log: string, below: number): Promise<number>
  avoutPut(keys: number, ...args: string[]): Promise<number[]>
  avoutGet(keys: number, ...args: string[]): Promise<(string | null)[]>
  avoutRemove(keys: number, ...args: string[]): Promise<number>
  avoutShow(keys: number, ...args: (string | number)[]): Promise<number>
  avoutLook(head: string, state: string): Promise<string | null>
  avoutSet(state: string, how: 'any' | 'none' | 'value', expected: string, value: string): Promise<number>
  avoutNext(counters: string, name: string, n: number): Promise<string | null>
  avoutCount(counters: string, name: string): Promise<string | null>
  avoutLock(lock: string, tokens: string, name: string, what: string, ...args: (string | number)[]): Promise<unknown[]>
}
