import { memory } from '@avout/memory'
import type { Store } from './store.js'

/** In this process. */
export function memoryStore(): Store {
  const realms = new Map<string, ReturnType<typeof memory>>()
  return {
    coordinator: (realm) => {
      const store = realms.get(realm) ?? memory()
      realms.set(realm, store)
      return store
    },
    remove: async (realm) => {
      realms.delete(realm)
    },
  }
}
