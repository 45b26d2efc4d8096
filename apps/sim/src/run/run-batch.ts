import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import type { Batch, BatchReport, WorkerMessage } from './batch.js'

/** A worker that ran into its time limit: something in it goes round for ever. */
export class HungError extends Error {}

/**
 * Runs a batch in a thread of its own, whose module is `worker`. Rejects with what the worker throws, and with `HungError` when
 * it is not done in `limit` milliseconds.
 */
export async function runBatch(
  worker: URL,
  batch: Batch,
  options: { limit?: number; ran?: (schedules: number) => void } = {},
): Promise<BatchReport> {
  const thread = new Worker(worker, { workerData: batch, resourceLimits: { maxYoungGenerationSizeMb: 64 } })
  let report: BatchReport | undefined
  let hung = false
  const timer = setTimeout(
    () => {
      hung = true
      void thread.terminate()
    },
    options.limit ?? 2 ** 31 - 1,
  )
  thread.on('message', (message: WorkerMessage) => {
    if ('report' in message) report = message.report
    else options.ran?.(message.ran)
  })
  try {
    await once(thread, 'exit')
  } finally {
    clearTimeout(timer)
  }
  if (report !== undefined) return report
  throw hung ? new HungError(`not done after ${options.limit} ms`) : new Error('the worker ended without a report')
}
