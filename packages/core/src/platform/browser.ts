import { toBase64 } from '../values/base64.js'
import { clock } from './clock.js'
import type { Platform } from './platform.js'
import { sha256 } from './sha256.js'
import { setTimer } from './timers.js'

/** What a browser gives to core; Node has it all too. No context follows `await` there: bodies pass `tx` on by hand. */
export const platform: Platform = {
  clock,
  random: Math.random,
  randomId: () => toBase64Url(crypto.getRandomValues(new Uint8Array(16))),
  hash: (previous, bytes) => toBase64Url(sha256(concat(ascii.encode(previous), bytes)).subarray(0, 16)),
  defer: (task) => {
    deferred.push(task)
    wake().postMessage(undefined)
  },
  setTimer,
  createContext: () => undefined,
}

const ascii = new TextEncoder()
const deferred: (() => void)[] = []
let port: { postMessage(message: undefined): void } | undefined

/** A message is handled once every promise that is ready has run. Browsers delay timers, and not messages. */
function wake() {
  if (port === undefined) {
    const { port1, port2 } = new MessageChannel()
    Object.assign(port1, { onmessage: () => deferred.shift()?.() })
    port = port2
  }
  return port
}

function concat(first: Uint8Array, second: Uint8Array): Uint8Array {
  const both = new Uint8Array(first.length + second.length)
  both.set(first)
  both.set(second, first.length)
  return both
}

/** Base64url without padding. */
function toBase64Url(bytes: Uint8Array): string {
  return toBase64(bytes).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}
