/*
 * SHA-256 (FIPS 180-4) in plain TypeScript: browsers have one, but it answers with a promise, and replay is one step.
 */

const ROUNDS = 64
const BLOCK = 64

/**
 * The first 32 bits of the fractions of the cube roots of the first 64 primes, and of the square roots of the first 8. None
 * is nearer than 2^-40 to where it would be cut otherwise: an engine whose roots are off in the last bits does no harm.
 */
const K = Uint32Array.from(primes(ROUNDS), (prime) => fraction(Math.cbrt(prime)))
const H = Uint32Array.from(primes(8), (prime) => fraction(Math.sqrt(prime)))

/** The 32 bytes of the hash of `bytes`. */
export function sha256(bytes: Uint8Array): Uint8Array {
  const padded = pad(bytes)
  const state = H.slice()
  const words = new Uint32Array(ROUNDS)
  for (let offset = 0; offset < padded.byteLength; offset += BLOCK) {
    schedule(words, padded, offset)
    compress(state, words)
  }
  const hash = new DataView(new ArrayBuffer(32))
  state.forEach((word, i) => {
    hash.setUint32(4 * i, word)
  })
  return new Uint8Array(hash.buffer)
}

/** The message, a one bit, zeros, and the message's length in bits as 64 of them. */
function pad(bytes: Uint8Array): DataView {
  const padded = new Uint8Array(Math.ceil((bytes.length + 9) / BLOCK) * BLOCK)
  padded.set(bytes)
  padded[bytes.length] = 0x80
  const view = new DataView(padded.buffer)
  view.setBigUint64(padded.length - 8, 8n * BigInt(bytes.length))
  return view
}

function schedule(w: Uint32Array, block: DataView, offset: number): void {
  for (let t = 0; t < 16; t++) w[t] = block.getUint32(offset + 4 * t)
  for (let t = 16; t < ROUNDS; t++) {
    const early = at(w, t - 15)
    const late = at(w, t - 2)
    const s0 = rotate(early, 7) ^ rotate(early, 18) ^ (early >>> 3)
    const s1 = rotate(late, 17) ^ rotate(late, 19) ^ (late >>> 10)
    w[t] = s1 + at(w, t - 7) + s0 + at(w, t - 16)
  }
}

function compress(state: Uint32Array, words: Uint32Array): void {
  let [a, b, c, d, e, f, g, h] = state as unknown as [number, number, number, number, number, number, number, number]
  for (let t = 0; t < ROUNDS; t++) {
    const s1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)
    const choice = (e & f) ^ (~e & g)
    const t1 = (h + s1 + choice + at(K, t) + at(words, t)) | 0
    const s0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)
    const majority = (a & b) ^ (a & c) ^ (b & c)
    h = g
    g = f
    f = e
    e = (d + t1) | 0
    d = c
    c = b
    b = a
    a = (t1 + s0 + majority) | 0
  }
  const ends = [a, b, c, d, e, f, g, h]
  ends.forEach((end, i) => {
    state[i] = at(state, i) + end
  })
}

function rotate(word: number, bits: number): number {
  return (word >>> bits) | (word << (32 - bits))
}

function at(words: Uint32Array, index: number): number {
  return words[index] as number
}

function fraction(root: number): number {
  return (root % 1) * 2 ** 32
}

function primes(count: number): number[] {
  const found: number[] = []
  for (let n = 2; found.length < count; n++) {
    if (found.every((prime) => n % prime !== 0)) found.push(n)
  }
  return found
}
