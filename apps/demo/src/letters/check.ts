import type { Mail } from './deliver.js'

/** What is wrong with the mail, in words: each letter changed the state once, and was carried, always under one key. */
export function faultsOf({ delivered, shares, carried }: Mail): string[] {
  const letters = shares.reduce((sum, share) => sum + share, 0)
  const faults: string[] = []
  if (delivered.count !== letters) faults.push(`${delivered.count} letters changed the state, of ${letters}`)
  shares.forEach((share, sender) => {
    if (share > 0 && delivered.last[sender] !== share) {
      faults.push(`the last letter of sender ${sender} was ${delivered.last[sender]}, not ${share}`)
    }
    for (let number = 1; number <= share; number++) {
      const keys = new Set(carried.get(`${sender} ${number}`))
      if (keys.size !== 1) faults.push(`letter ${number} of sender ${sender} was carried under ${keys.size} keys`)
    }
  })
  if (carried.size !== letters) faults.push(`${carried.size} letters were carried, of ${letters}`)
  const keys = new Set([...carried.values()].flat())
  if (keys.size !== letters) faults.push(`${keys.size} keys were seen, of ${letters} letters`)
  return faults
}

/** Letters that were carried more than once: their process was killed before their state was committed. */
export const twiceCarried = ({ carried }: Mail): number =>
  [...carried.values()].filter(({ length }) => length > 1).length
