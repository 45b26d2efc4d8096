import type { Head } from '@avout/core/backend'
import { everywhere, type Mutant, type Mutation, pause } from './mutant.js'

type Show = (heads: readonly Head[]) => Promise<void>

/** A mutant whose view differs. `make` is called once a store. */
const ofView =
  (make: () => (show: Show) => Show, options: { bare?: boolean } = {}) =>
  (): Mutation => {
    const change = make()
    return {
      ...options,
      session: ({ versions }) => {
        const { setCurrent } = versions
        if (setCurrent === undefined) throw new Error('no setCurrent')
        return { versions: { ...versions, setCurrent: change(setCurrent) } }
      },
    }
  }

/** Shows whatever comes, in place of what is newer. */
const inOrderOfCalls = () => {
  let calls = 0
  return (show: Show): Show =>
    (heads) =>
      show(heads.map((head) => ({ ...head, position: ++calls })))
}

const changing =
  (change: (head: Head) => Head) =>
  () =>
  (show: Show): Show =>
  (heads) =>
    show(heads.map(change))

const forgettingDeletions = () => {
  const deleted = new Set<string>()
  return (show: Show): Show =>
    (heads) =>
      show(
        heads.map((head) => {
          const shown = deleted.has(head.ref) ? { ...head, position: head.position + 1e12 } : head
          if (head.value === undefined) deleted.add(head.ref)
          return shown
        }),
      )
}

const lookedUpThenWritten = () => {
  const shown = new Map<string, number>()
  let calls = 0
  return (show: Show): Show =>
    async (heads) => {
      const newer = heads.filter(({ ref, position }) => position > (shown.get(ref) ?? 0))
      await pause(1)
      for (const { ref, position } of newer) shown.set(ref, position)
      await show(newer.map((head) => ({ ...head, position: ++calls })))
    }
}

const onlyOnce = () => {
  const shown = new Set<string>()
  return (show: Show): Show =>
    async (heads) => {
      for (const { ref, position } of heads) {
        const key = `${ref} ${position}`
        if (shown.has(key)) throw new Error('duplicate key')
        shown.add(key)
      }
      await show(heads)
    }
}

const shortCut = changing((head) => ({ ...head, position: Number(`0.${head.position}`) }))
const nullIsNothing = changing((head) => ({ ...head, value: head.value ?? undefined }))
const lowerCase = changing((head) => ({ ...head, ref: head.ref.toLowerCase() }))

export const views: readonly Mutant[] = [
  ...everywhere(
    'a view that is never changed',
    ['versions/current', 'engine/current', 'home/current'],
    ofView(() => () => async () => {}),
  ),
  ...everywhere('a view that compares positions as text', ['versions/current'], ofView(shortCut)),
  ...everywhere('a view that shows null as nothing', ['versions/current', 'engine/current'], ofView(nullIsNothing)),
  ...everywhere(
    'a view that goes back',
    ['versions/current-never-back', 'versions/current-together'],
    ofView(inOrderOfCalls),
  ),
  ...everywhere('a view that forgets when it deleted', ['versions/current-deletion'], ofView(forgettingDeletions)),
  ...everywhere('a view that is looked up, then written', ['versions/current-together'], ofView(lookedUpThenWritten)),
  ...everywhere('a view of refs without their case', ['versions/current-names', 'engine/current'], ofView(lowerCase)),
  ...everywhere(
    'a view that fails at a repetition',
    ['versions/current', 'versions/current-never-back'],
    ofView(onlyOnce),
  ),
  ...everywhere(
    'a view that fails at a repetition, where nobody looks',
    ['versions/current-unseen'],
    ofView(onlyOnce, { bare: true }),
  ),
]
