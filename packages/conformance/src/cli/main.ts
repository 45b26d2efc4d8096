import { run } from './run.js'

/** How long what is still open may take to end by itself, in milliseconds. */
const GRACE_MS = 3000

const { stdout, stderr, env, argv } = process
const isTerminal = stdout.isTTY === true
const wantsColours = env.FORCE_COLOR !== undefined && env.FORCE_COLOR !== '0'

process.exitCode = await run(
  argv.slice(2),
  {
    write: (text) => stdout.write(text),
    colours: wantsColours || (isTerminal && env.NO_COLOR === undefined),
    live: isTerminal,
  },
  (text) => stderr.write(text),
)

/** A store that leaves something open would leave every program hanging. */
setTimeout(() => {
  const open = new Map<string, number>()
  for (const kind of process.getActiveResourcesInfo().filter((kind) => kind !== 'TTYWrap'))
    open.set(kind, (open.get(kind) ?? 0) + 1)
  const what = [...open].map(([kind, count]) => `${count} ${kind}`).join(', ')
  stderr.write(
    `the store is closed, but something that it opened is not (${what}): a program that uses it would not end\n`,
  )
  process.exit()
}, GRACE_MS).unref()
