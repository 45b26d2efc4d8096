import type { COLLECTIONS } from './layout.js'

/** What one may want to hear of: the log of the realm, or one document of another collection. */
export type Topic =
  | { readonly collection: typeof COLLECTIONS.log }
  | { readonly collection: typeof COLLECTIONS.states | typeof COLLECTIONS.locks; readonly name: string }

/** Called some time after a change; too often rather than too seldom. `position` where it is known what was appended. */
export type Wake = (position?: number) => void

/** Tells of changes in one realm. It is a hint: who waits also looks. */
export interface Feed {
  /** Changes after the call are told. */
  on(topic: Topic, wake: Wake): Promise<AsyncDisposable>
}

export const topicKey = (topic: Topic): string =>
  'name' in topic ? `${topic.collection} ${topic.name}` : topic.collection
