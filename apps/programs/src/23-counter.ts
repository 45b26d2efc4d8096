// Numbers for all processes together: in blocks, where gaps do no harm; or one by one with what they number, without a gap.
import { type Avout, defineFamily, defineRef } from '@avout/core'

/** Each number once, whichever process asks; one round trip for `block` of them. */
export async function* tickets(avout: Avout, block = 100) {
  const counter = avout.counter('/tickets')
  for (;;) {
    const last = await counter.next(block)
    for (let number = last - block + 1; number <= last; number++) yield number
  }
}

const invoices = defineFamily('/invoices', { customer: '', cents: 0 })
const lastInvoice = defineRef('/last-invoice', 0)

/** A number is used by the commit that uses it up, or not at all: none is missing. */
export async function invoice(avout: Avout, customer: string, cents: number) {
  return avout.dosync(async (tx) => {
    const number = await tx.alter(lastInvoice, (last) => last + 1)
    tx.set(invoices(String(number).padStart(8, '0')), { customer, cents })
    return number
  })
}

export async function issued(avout: Avout) {
  return avout.read(async (tx) => (await tx.entries(invoices)).map(([number]) => Number(number)))
}
