import type { Data } from '../contracts/data.js'
import type { At, Head, VersionedStateContainer, VersionedStates } from '../contracts/versions.js'
import { ValueError } from '../errors.js'
import type { LinkStore, SimLink } from './sim-link.js'

/** Ref → version → JSON. As text, so that nobody can change a value from outside. */
export class SimVersionsState {
  readonly refs = new Map<string, Map<string, string>>()
  /** Its view of current values, deletions included. */
  readonly current = new Map<string, Head>()
  /** All that ever was in that view: for who checks that nothing was shown too early. */
  readonly shown: Head[] = []

  get({ ref, version }: At): Data | undefined {
    const json = this.refs.get(ref)?.get(version)
    return json === undefined ? undefined : (JSON.parse(json) as Data)
  }

  set({ ref, version }: At, json: string): boolean {
    const versions = this.of(ref)
    if (versions.has(version)) return false
    versions.set(version, json)
    return true
  }

  delete({ ref, version }: At): void {
    this.refs.get(ref)?.delete(version)
  }

  show(head: Head): void {
    if (head.position <= (this.current.get(head.ref)?.position ?? 0)) return
    this.current.set(head.ref, head)
    this.shown.push(head)
  }

  of(ref: string): Map<string, string> {
    let versions = this.refs.get(ref)
    if (versions === undefined) {
      versions = new Map()
      this.refs.set(ref, versions)
    }
    return versions
  }
}

/** How a store differs from others in what it offers for values. */
export interface ValueForm {
  /** The largest value in bytes of JSON; unlimited if absent. */
  readonly maxBytes?: number | undefined
  /** How much later values may be stored, in ms; with their commit if absent. */
  readonly behind?: number | undefined
  /** Whether it has a view of current values. */
  readonly showsCurrent?: boolean | undefined
}

export function simVersions(
  state: SimVersionsState,
  link: SimLink,
  store: LinkStore,
  { maxBytes, behind, showsCurrent = false }: ValueForm,
): VersionedStates {
  const check = (value: Data) => {
    if (maxBytes === undefined) return
    const { length } = new TextEncoder().encode(JSON.stringify(value))
    if (length > maxBytes)
      throw new ValueError(`${store.id} holds values up to ${maxBytes} bytes, not ${length}`, '', '')
  }
  const json = (value: Data) => {
    check(value)
    return JSON.stringify(value)
  }
  const once = { repeatable: true }
  return {
    ...(maxBytes === undefined ? {} : { maxBytes }),
    ...(behind === undefined ? {} : { behind }),
    check,
    container: (ref): VersionedStateContainer => ({
      initVersionedStateContainer: () => link.call('init', () => void state.of(ref), once),
      destroyVersionedStateContainer: () => link.call('destroy', () => void state.refs.delete(ref)),
      getStateAt: (version) => link.call('get', () => state.get({ ref, version })),
      setStateAt: async (value, version) => {
        const text = json(value)
        return await link.call('set', () => state.set({ ref, version }, text), once)
      },
      deleteStateAt: (version) => link.call('delete', () => state.delete({ ref, version }), once),
    }),
    getMany: (keys) => link.call('get', () => keys.map((key) => state.get(key))),
    setMany: async (entries) => {
      const texts = entries.map(({ value }) => json(value))
      const inPart = entries.length > 1 && store.random.chance(store.faults.partial)
      const applied = inPart ? store.random.between(1, entries.length - 1) : entries.length
      const apply = () => entries.slice(0, applied).map((at, i) => state.set(at, texts[i] as string))
      if (inPart) store.tally.count('set: in part')
      return await link.call('set', apply, inPart ? { fate: 'answer lost' } : once)
    },
    deleteMany: (keys) =>
      link.call(
        'delete',
        () => {
          for (const key of keys) state.delete(key)
        },
        once,
      ),
    ...(showsCurrent
      ? {
          setCurrent: (heads: readonly Head[]) =>
            link.call('show', () => heads.forEach((head) => void state.show(head)), once),
        }
      : {}),
  }
}
