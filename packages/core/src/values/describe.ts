/** What to call something that is not data, in a message. */
export function describe(value: unknown): string {
  switch (typeof value) {
    case 'object':
      return describeObject(value as object)
    case 'function':
      return 'a function'
    case 'symbol':
      return 'a symbol'
    case 'bigint':
      return 'a bigint'
    default:
      return String(value)
  }
}

function describeObject(value: object): string {
  if (Array.isArray(value)) return 'an array'
  const type: unknown = value.constructor
  if (type === Object) return 'an object'
  const name = typeof type === 'function' ? type.name : ''
  return name === '' ? 'an instance of a nameless class' : `an instance of ${name}`
}
