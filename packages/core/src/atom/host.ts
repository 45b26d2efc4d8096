import type { EngineOptions } from '../api/options.js'
import type { ReferenceHost } from '../reference/host.js'

/** What atoms need of the client that they belong to. */
export interface AtomHost extends ReferenceHost {
  readonly client: string
  readonly options: EngineOptions
}
