/** What a server takes in one request: its `jute.maxbuffer`. A longer one ends the connection without an answer. */
export const REQUEST = 1_048_575

/** Of that, what paths and the like may need. Names are up to 512 bytes, three times as long when escaped, four in a path. */
const MARGIN = 12_288

/** The largest record, and the largest value as JSON. */
export const MOST = REQUEST - MARGIN

/** What a create adds to path and data in a request: lengths, flags and the access list. */
const CREATE = 96

/** What a node takes in a request that makes several. */
export const sizeOf = (path: string, data: Uint8Array): number => path.length + data.length + CREATE
