import type { FamilyDefinition, RefDefinition } from '../api/definitions.js'
import type { Change, Family, Ref } from '../api/reference.js'
import type { ReferenceHost } from './host.js'
import type { RefHandle } from './ref-handle.js'

/** Finds the client's handle of a definition. */
interface Handles {
  handle<T>(definition: RefDefinition<T>): RefHandle<T>
}

/** The refs of a family as one client has them. */
export function familyHandle<T>(host: ReferenceHost, handles: Handles, definition: FamilyDefinition<T>): Family<T> {
  const { prefix } = definition
  const member = (key: string): Ref<T> => handles.handle(definition(key))
  const changes = (options: { signal?: AbortSignal } = {}): AsyncIterable<Change<T> & { key: string }> =>
    host.watches.familyChanges(
      `${prefix}/`,
      (name) => handles.handle(definition(name.slice(prefix.length + 1))),
      options.signal,
    )
  return Object.assign(member, { kind: 'family' as const, prefix, changes })
}
