/**
 * What a store holds: JSON, and it comes back equal. Values beyond JSON (dates, maps, bytes, a user's classes) are
 * tagged objects by the time a backend sees them. It is deeply frozen, and nests no deeper than 128 arrays and objects.
 */
export type Data = null | boolean | number | string | readonly Data[] | { readonly [key: string]: Data }

/**
 * A class of values that Avout carries through the log and every store.
 *
 * 1. `decode(encode(value))` equals `value`, in every process and every later version of the program.
 * 2. `encode` and `decode` are synchronous, change nothing, and depend on their argument alone.
 * 3. What `encode` answers is copied. What `decode` is given is frozen.
 * 4. An instance that `decode` answers frozen is shared by all who read the value; any other is decoded again for each
 *    of them, so that nobody sees what another did to it. A class whose constructor ends in `Object.freeze(this)` is
 *    read faster.
 */
export interface ValueType<T> {
  /** Its name in the log and in stores: stable, unique, not empty and none of `date`, `map`, `set`, `bigint`, `bytes`. */
  readonly tag: string
  /** Asked of every object that is neither plain, nor an array, nor a Date, Map, Set or Uint8Array. */
  is(value: unknown): value is T
  encode(value: T): Data
  decode(data: Data): T
}
