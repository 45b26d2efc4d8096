import createSound from './harness.js'

/** Its counter answers the number before. */
export const createHarness = async () => {
  const sound = await createSound()
  const open = async (context) => {
    const session = await sound.open().open(context)
    return { ...session, counter: (name) => ({ ...session.counter(name), next: async () => 0 }) }
  }
  return { ...sound, open: () => ({ specificationVersion: 1, id: 'broken', open }) }
}
