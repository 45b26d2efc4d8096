import fc from 'fast-check'
import type { ValueType } from '../../src/contracts/data.js'

/** A user's class with a private part. */
export class Money {
  #cents: bigint
  readonly currency: string

  constructor(cents: bigint, currency: string) {
    this.#cents = cents
    this.currency = currency
  }

  get cents(): bigint {
    return this.#cents
  }

  /** A bad habit: values should not change. */
  double(): void {
    this.#cents *= 2n
  }
}

export const moneyType: ValueType<Money> = {
  tag: 'money',
  is: (value): value is Money => value instanceof Money,
  encode: ({ cents, currency }) => [String(cents), currency],
  decode: (data) => {
    const [cents, currency] = data as [string, string]
    return new Money(BigInt(cents), currency)
  },
}

/** One that keeps the promise by itself. */
export class Point {
  readonly x: number
  readonly y: number

  constructor(x: number, y: number) {
    this.x = x
    this.y = y
    Object.freeze(this)
  }
}

export const pointType: ValueType<Point> = {
  tag: 'point',
  is: (value): value is Point => value instanceof Point,
  encode: ({ x, y }) => ({ x, y }),
  decode: (data) => {
    const { x, y } = data as { x: number; y: number }
    return new Point(x, y)
  },
}

export const money = fc.tuple(fc.bigInt(), fc.constantFrom('EUR', 'USD')).map(([cents, to]) => new Money(cents, to))
