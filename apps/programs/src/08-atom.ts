// A cache of a remote configuration in an atom, printed live.
import type { Avout } from '@avout/core'

interface Config {
  readonly flags: Readonly<Record<string, boolean>>
  readonly version: number
}

export async function config(avout: Avout, signal: AbortSignal) {
  const atom = avout.atom<Config>('/config', { flags: {}, version: 0 })
  atom.addWatch('print', (_key, self, old, now) => console.log(self.name, old.version, '→', now.version))
  await atom.swap(
    (c, flag: string, on: boolean) => ({ version: c.version + 1, flags: { ...c.flags, [flag]: on } }),
    'beta',
    true,
  )
  const [before, after] = await atom.swapVals((c) => ({ ...c, version: c.version + 1 }))
  if (!(await atom.compareAndSet(after, before))) await atom.reset(before)
  for await (const { old, value, resync } of atom.changes({ signal }))
    console.log(resync ? 'some were missed' : old.version, value.version)
  return (await atom.deref({ staleness: 1_000 })).flags
}
