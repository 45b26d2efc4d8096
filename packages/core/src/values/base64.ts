/*
 * Base64 (RFC 4648, section 4) in plain TypeScript, because core runs where Buffer does not. Strict: of all texts that
 * lenient decoders take for the same bytes only the one that `toBase64` writes is read.
 */

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
const CODES = Uint8Array.from(ALPHABET, (character) => character.charCodeAt(0))
const PADDING = 61
const NONE = 255
const VALUES = new Uint8Array(128).fill(NONE)
CODES.forEach((code, value) => {
  VALUES[code] = value
})

const ascii = new TextDecoder()

export function toBase64(bytes: Uint8Array): string {
  const codes = new Uint8Array(Math.ceil(bytes.length / 3) * 4)
  let end = 0
  for (let i = 0; i < bytes.length; i += 3) {
    const bits = (at(bytes, i) << 16) | (at(bytes, i + 1) << 8) | at(bytes, i + 2)
    codes[end++] = at(CODES, bits >> 18)
    codes[end++] = at(CODES, (bits >> 12) & 63)
    codes[end++] = at(CODES, (bits >> 6) & 63)
    codes[end++] = at(CODES, bits & 63)
  }
  codes.fill(PADDING, end - paddingOf(bytes.length))
  return ascii.decode(codes)
}

/** The bytes; undefined for a text that `toBase64` never writes. */
export function fromBase64(text: string): Uint8Array | undefined {
  if (text.length % 4 !== 0) return undefined
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0
  const digits = text.length - padding
  const bytes = new Uint8Array((text.length / 4) * 3 - padding)
  let bits = 0
  let held = 0
  let end = 0
  for (let i = 0; i < digits; i++) {
    const value = VALUES[text.charCodeAt(i)] ?? NONE
    if (value === NONE) return undefined
    bits = ((bits << 6) | value) & 0xfff
    held += 6
    if (held >= 8) {
      held -= 8
      bytes[end++] = bits >> held
    }
  }
  return (bits & ((1 << held) - 1)) === 0 ? bytes : undefined
}

function paddingOf(length: number): number {
  return (3 - (length % 3)) % 3
}

function at(bytes: Uint8Array, index: number): number {
  return bytes[index] ?? 0
}
