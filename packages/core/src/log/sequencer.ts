import type { Counter } from '../contracts/counter.js'
import type { Chain } from './chain.js'

/** A place in the log that the counter proposes. */
export interface Ticket {
  readonly epoch: number
  readonly position: number
}

/**
 * Proposes places for appends. A counter is only a hint: it may have lost what it gave, or stand far beyond the log because
 * one of the two was restored without the other. Then an epoch begins: a counter of a new name, whose 0 is the log's tail. What
 * the epochs are is written down beside the log, so that all clients count alike.
 */
export class Sequencer {
  readonly #epochs: Chain
  readonly #counter: (epoch: number) => Counter

  constructor(epochs: Chain, counter: (epoch: number) => Counter) {
    this.#epochs = epochs
    this.#counter = counter
  }

  /** One round trip. */
  async next(): Promise<Ticket> {
    const { index: epoch, value: base } = this.#epochs.known
    return { epoch, position: base + (await this.#counter(epoch).next()) }
  }

  /** Learns whether another client began an epoch. */
  async refresh(): Promise<void> {
    await this.#epochs.newest()
  }

  /** The tickets of `epoch` are useless: counts on from `tail`, unless somebody has mended it already. */
  async mend(epoch: number, tail: number): Promise<void> {
    const newest = await this.#epochs.newest()
    if (newest.index <= epoch) await this.#epochs.extend(newest, tail)
  }
}
