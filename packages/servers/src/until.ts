import { setTimeout } from 'node:timers/promises'

/**
 * Asks again and again, 25 ms apart, until there is no reason left why not. Rejects after `deadline` ms with the last reason;
 * what `reasonWhyNot` throws ends the waiting at once.
 *
 * @param what Ends the sentence "waited 500 ms for ...".
 */
export async function until(
  what: string,
  deadline: number,
  reasonWhyNot: () => Promise<string | undefined>,
): Promise<void> {
  const end = Date.now() + deadline
  for (;;) {
    const reason = await reasonWhyNot()
    if (reason === undefined) return
    if (Date.now() >= end) throw new Error(`waited ${deadline} ms for ${what}: ${reason}`)
    await setTimeout(25)
  }
}

/** The reason why something that rejects did; undefined if it resolved. */
export async function reasonOf(tried: Promise<unknown>): Promise<string | undefined> {
  try {
    await tried
    return undefined
  } catch (error) {
    return messageOf(error)
  }
}

/** What an error says. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
