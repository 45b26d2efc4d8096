import { PollingFeed } from './polling-feed.js'
import type { Store } from './store.js'
import { StreamingFeed } from './streaming-feed.js'
import type { Feed } from './topic.js'

/** A change stream where there are some, looking now and then elsewhere. */
export function feedFor(store: Store): Feed {
  return store.connection.standalone ? new PollingFeed(store) : new StreamingFeed(store)
}
