// An Express-like handler: one transaction around services that never see `tx`.
import type { Avout, Ref } from '@avout/core'

interface Request {
  params: Record<string, string>
  headers: Record<string, string | undefined>
}
interface Response {
  status(code: number): this
  json(body: unknown): void
}
type Next = (error?: unknown) => void

export class Stock {
  constructor(
    private readonly avout: Avout,
    private readonly left: Ref<number>,
  ) {}
  async reserve(n: number): Promise<number> {
    return this.avout.dosync(async (tx) => {
      // joins the handler's
      const left = await tx.alter(this.left, (have) => have - n)
      if (left < 0) throw new Error('sold out')
      return left
    })
  }
}

export const transactional =
  (avout: Avout, handler: (req: Request, res: Response) => Promise<unknown>) =>
  (req: Request, res: Response, next: Next) => {
    const key = req.headers['idempotency-key']
    avout.dosync(() => handler(req, res), { label: 'POST /orders', id: key }).then((body) => res.json(body), next)
  }

export const order = (avout: Avout, stock: Stock) =>
  transactional(avout, async (req) => {
    const left = await stock.reserve(Number(req.params.n))
    avout.currentTx()?.afterCommit(() => console.log('reserved'))
    return { left }
  })
