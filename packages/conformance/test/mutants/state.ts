import type { Data, StateContainer } from '@avout/core/backend'
import { type Mutant, mutant, pause } from './mutant.js'

type Compare = NonNullable<StateContainer['compareAndSetState']>

/** A mutant whose states differ; an undefined part is taken away. */
const ofState = (
  name: string,
  caughtBy: string,
  make: () => (state: StateContainer) => Partial<StateContainer>,
): Mutant =>
  mutant(name, caughtBy, () => {
    const change = make()
    return (session) => ({
      state: (name) => {
        const state = session.state(name)
        return { ...state, ...change(state) }
      },
    })
  })

const comparing = (name: string, caughtBy: string, change: (state: StateContainer, compare: Compare) => Compare) =>
  ofState(name, caughtBy, () => (state) => {
    const compare = state.compareAndSetState
    if (compare === undefined) throw new Error('no compare-and-set')
    return { compareAndSetState: change(state, compare) }
  })

/** A mutant without the optional parts. */
const bare = (name: string, caughtBy: string, make: () => (state: StateContainer) => Partial<StateContainer>): Mutant =>
  mutant(name, caughtBy, () => {
    const change = make()
    return (session) => ({
      state: (name) => {
        const { compareAndSetState, watchState, ...state } = session.state(name)
        return { ...state, ...change(state) }
      },
    })
  })

const cached = () => (state: StateContainer) => {
  let known: Promise<Data | undefined> | undefined
  return {
    getState: () => {
      known ??= state.getState()
      return known
    },
    setState: (value: Data) => {
      known = undefined
      return state.setState(value)
    },
  }
}

export const states: readonly Mutant[] = [
  ofState('a value that was read before', 'state/register', cached),
  ofState('what is destroyed stays', 'state/destroy', () => () => ({ destroyStateContainer: async () => undefined })),
  ofState('init begins anew', 'state/destroy', () => (state) => ({
    initStateContainer: () => state.destroyStateContainer(),
  })),
  mutant('names without their case', 'state/names', () => (session) => ({
    state: (name) => session.state(name.toLowerCase()),
  })),
  comparing('whatever is there is replaced', 'state/compare-and-set', (state) => async (_, value) => {
    await state.setState(value)
    return true
  }),
  comparing('null passes for absence', 'state/compare-and-set', (state, compare) => async (expected, value) => {
    const found = await state.getState()
    return expected === undefined && found === null ? compare(null, value) : compare(expected, value)
  }),
  comparing('the order of keys counts', 'state/compare-deeply', (state, compare) => async (expected, value) => {
    const found = await state.getState()
    return JSON.stringify(found) === JSON.stringify(expected) && compare(found, value)
  }),
  comparing('an element passes for its list', 'state/compare-deeply', (state, compare) => async (expected, value) => {
    const found = await state.getState()
    const within = Array.isArray(found) && found.includes(expected)
    return within ? compare(found, value) : compare(expected, value)
  }),
  comparing('compared, then set', 'state/compare-and-set-race', (state) => async (expected, value) => {
    const found = await state.getState()
    if (JSON.stringify(found) !== JSON.stringify(expected)) return false
    await pause(0)
    await state.setState(value)
    return true
  }),
  ofState('nobody is told of a change', 'state/watch', () => () => ({
    watchState: async () => ({ [Symbol.asyncDispose]: async () => undefined }),
  })),
  ofState('who has left is told of changes', 'state/watch', () => (state) => ({
    watchState: async (changed) => {
      await state.watchState?.(changed)
      return { [Symbol.asyncDispose]: async () => undefined }
    },
  })),
  bare('a value that one set oneself', 'state/last-set-wins', () => (state) => {
    let own: Data | undefined
    return {
      setState: (value) => {
        own = value
        return state.setState(value)
      },
      getState: async () => own ?? state.getState(),
    }
  }),
  bare('a value that was read before, and no watch', 'state/poll', cached),
]
