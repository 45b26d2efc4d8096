/** The bytes of `text` in UTF-8, without encoding it. A lone surrogate counts as the 3 bytes of U+FFFD that replace it. */
export function utf8Length(text: string): number {
  let bytes = text.length
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    if (unit < 0x80) continue
    bytes += unit < 0x800 ? 1 : 2
    if (isHigh(unit) && isLow(text.charCodeAt(i + 1))) i++ // two units, four bytes
  }
  return bytes
}

const isHigh = (unit: number): boolean => unit >= 0xd800 && unit < 0xdc00
/** False for NaN, which is what stands behind the end. */
const isLow = (unit: number): boolean => unit >= 0xdc00 && unit < 0xe000
