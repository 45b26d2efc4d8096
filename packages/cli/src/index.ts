export { oneOf, type Range, realNumber, wholeNumber } from './check.js'
export { readValues } from './read-values.js'
export { UsageError } from './usage-error.js'
