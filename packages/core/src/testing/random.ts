const GOLDEN = 0x9e3779b9

/** Spreads a word over all its bits (the finaliser of MurmurHash3). */
function mix(word: number): number {
  let bits = word | 0
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b)
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35)
  return (bits ^ (bits >>> 16)) >>> 0
}

/** A word from a text, so that streams can have names. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return mix(hash)
}

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

/** Chance that repeats: sfc32 (Chris Doty-Humphrey's Small Fast Counting generator). One seed, one sequence, on every machine. */
export class Random {
  #a: number
  #b: number
  #c: number
  #counter = 1
  readonly #seed: number

  constructor(seed: number) {
    this.#seed = seed
    this.#a = mix(seed)
    this.#b = mix(Math.floor(seed / 2 ** 32) ^ GOLDEN)
    this.#c = mix(seed + GOLDEN)
    for (let i = 0; i < 12; i++) this.word()
  }

  /** 32 random bits. */
  word(): number {
    const sum = (this.#a + this.#b + this.#counter) | 0
    this.#counter = (this.#counter + 1) | 0
    this.#a = this.#b ^ (this.#b >>> 9)
    this.#b = (this.#c + (this.#c << 3)) | 0
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0
    return sum >>> 0
  }

  /** In [0, 1). */
  next(): number {
    return this.word() / 2 ** 32
  }

  /** An integer in [from, to]. */
  between(from: number, to: number): number {
    return from + Math.floor(this.next() * (to - from + 1))
  }

  /** True with probability `p`. Draws nothing at 0 and at 1. */
  chance(p: number): boolean {
    return p > 0 && (p >= 1 || this.next() < p)
  }

  pick<T>(items: readonly T[]): T {
    if (items.length === 0) throw new RangeError('nothing to pick from')
    return items[this.between(0, items.length - 1)] as T
  }

  shuffle<T>(items: readonly T[]): T[] {
    const shuffled = [...items]
    for (let i = shuffled.length - 1; i > 0; i--) {
      const j = this.between(0, i)
      ;[shuffled[i], shuffled[j]] = [shuffled[j] as T, shuffled[i] as T]
    }
    return shuffled
  }

  /** `length` characters of base64url. */
  text(length: number): string {
    let text = ''
    while (text.length < length) text += DIGITS[this.word() >>> 26]
    return text
  }

  /** An independent sequence: of this seed and `name`, whatever was drawn from this one. */
  stream(name: string): Random {
    return new Random(mix(this.#seed ^ hashOf(name)) * 2 ** 20 + (hashOf(`${name}#`) >>> 12))
  }
}
