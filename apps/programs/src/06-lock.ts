// A leader writes only while it holds its lock: checked in the log, not by a clock.
import { type Avout, LockLostError } from '@avout/core'

export async function settle(avout: Avout) {
  const lock = avout.lock('/settlement', { recorded: true })
  const day = avout.ref('/settled', { day: '', fence: 0 })
  await using held = await lock.acquire({ timeout: 5_000 })
  const response = await fetch('https://bank.example/batch', {
    signal: held.signal,
    headers: { fence: String(held.token) },
  })
  const { date } = (await response.json()) as { date: string }
  await avout.dosync(async (tx) => {
    tx.requires(held)
    tx.set(day, { day: date, fence: held.token })
  })
}

export async function maybe(avout: Avout) {
  await using held = await avout.lock('/cron').tryAcquire()
  if (!held) return
  await avout.withLocks([avout.lock('/a'), avout.lock('/b')], async ([a, b]) => console.log(a?.token, b?.token))
  try {
    await held.release()
  } catch (error) {
    if (!LockLostError.isInstance(error)) throw error
  }
}

export async function drain(avout: Avout, items: string[]) {
  const lock = avout.lock('/buffer'),
    notEmpty = lock.condition('not-empty')
  return lock.withLock(async (held) => {
    while (items.length === 0) await notEmpty.wait(held, { timeout: 1_000 })
    await notEmpty.signal(held)
    return items.shift()
  })
}
