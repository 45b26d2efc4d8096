import { decode } from './json.js'

/** One statement, its text made for a schema. The key names it where statements are prepared. */
export interface Statement {
  readonly key: string
  readonly text: (schema: string) => string
  /** It may be sent again when its answer was lost: a second time changes nothing. */
  readonly repeatable: boolean
}

/** One that may be run twice. */
export const repeatable = (key: string, text: (schema: string) => string): Statement => ({
  key,
  text,
  repeatable: true,
})

/** One that must not be sent again by itself. */
export const once = (key: string, text: (schema: string) => string): Statement => ({ key, text, repeatable: false })

const asNumber = (text: string) => Number(text)
const asText = (text: string) => text

const BOOL = 16
const INT8 = 20
const INT4 = 23
const FLOAT8 = 701
const JSONB = 3802

/** Own parsers: a program may have changed pg's for the whole process. */
export const types = {
  getTypeParser(oid: number): (text: string) => unknown {
    switch (oid) {
      case INT8:
      case INT4:
      case FLOAT8:
        return asNumber
      case BOOL:
        return (text) => text === 't'
      case JSONB:
        return decode
      default:
        return asText
    }
  },
}
