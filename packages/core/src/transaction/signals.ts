import { AvoutError } from '../errors.js'

/*
 * What ends a run from inside. Thrown through user code, so they are errors; made once, because a conflict must not cost a stack
 * trace. A body that catches one gains nothing: the run remembers.
 */

/** The view cannot be served any more: this run is doomed, another begins when it has ended. */
export const RESTART = Object.freeze(
  new AvoutError(
    'conflict',
    'AVOUT_RESTART',
    'this run of the body is doomed and will be run again: let this error pass',
  ),
)

/** `tx.retry()`: sleep until something that was read has changed. */
export const RETRY = Object.freeze(
  new AvoutError('conflict', 'AVOUT_RETRY', 'tx.retry() was called: let this error pass'),
)
