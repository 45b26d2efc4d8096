// Dates, maps, bytes, bigint, a class; null against undefined; local refs of anything.
import { type Avout, connect, type Ref } from '@avout/core'
import type { ValueType } from '@avout/core/backend'
import { memory } from '@avout/memory'

class Money {
  constructor(
    readonly cents: bigint,
    readonly currency: 'EUR' | 'USD',
  ) {}
  #secret = 1
  plus(other: Money): Money {
    return new Money(this.cents + other.cents + BigInt(this.#secret - 1), this.currency)
  }
}
const money: ValueType<Money> = {
  tag: 'money',
  is: (value): value is Money => value instanceof Money,
  encode: (value) => [String(value.cents), value.currency],
  decode: (data) => {
    const [cents, currency] = data as [string, 'EUR' | 'USD']
    return new Money(BigInt(cents), currency)
  },
}
const avout = await connect({ coordinator: memory(), types: [money] })
const price = avout.ref('/price', new Money(0n, 'EUR'))
const seen = avout.ref<ReadonlyMap<string, Date>>('/seen', new Map())
const user = avout.ref<{ name: string } | null>('/user', null)
const blob = avout.ref('/blob', new Uint8Array())
const socket = avout.localRef<{ send(m: string): void } | undefined>(undefined)
await avout.dosync(async (tx) => {
  await tx.alter(price, (p, other) => p.plus(other), new Money(1n, 'EUR'))
  await tx.alter(seen, (m, k: string, d: Date) => new Map(m).set(k, d), 'alice', tx.now())
  tx.set(user, null)
  tx.set(blob, new Uint8Array([1]))
  ;(await tx.get(socket))?.send('hi')
})
price satisfies Ref<Money>

export function mistakes(avout: Avout, map: ReadonlyMap<string, Date>) {
  // @ts-expect-error undefined is no value: use null
  avout.ref('/u', undefined)
  // @ts-expect-error Map is read-only
  map.set('x', new Date())
}

export { avout, blob, Money, price, seen, user }
