import { buildNative } from '../scripts/build-native.mjs'

/** Before the tests: both drivers are tested, so both have to be there. */
export async function setup(): Promise<void> {
  const failure = await buildNative()
  if (failure !== undefined) throw new Error(`The native driver could not be built:\n${failure}`)
}
