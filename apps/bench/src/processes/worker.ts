import { collectGarbage } from '../garbage.js'
import { Load } from '../load.js'
import { systemsOf } from '../setup.js'
import type { OpenSystem, Part, System } from '../systems/system.js'
import type { Answers, Ask, Reply } from './messages.js'

let systems: readonly System[] = []
let part: Part | undefined
let opened: OpenSystem | undefined

/** A process that runs some of the loops. It does what it is asked, and ends with the one that asks. */
async function answerTo(ask: Ask): Promise<Answers[keyof Answers]> {
  switch (ask.do) {
    case 'set up':
      systems = await systemsOf(ask.setup)
      return undefined
    case 'open':
      opened = await systemAt(ask.system).open(ask.workload)
      part = opened
      return opened.place ?? ''
    case 'join':
      part = await systemAt(ask.system).join?.(ask.place, ask.workload)
      return undefined
    case 'collect':
      collectGarbage()
      return undefined
    case 'run': {
      const none = new Array<number>(ask.workload.accounts).fill(0)
      const load = new Load(ask.workload, none, ask.ms, ask.firstLoop, ask.most)
      await there(part).run(load)
      return load.share()
    }
    case 'balances':
      return await there(opened).balances()
    case 'close': {
      const closing = part
      part = opened = undefined
      await closing?.[Symbol.asyncDispose]()
      return undefined
    }
  }
}

const systemAt = (n: number): System => there(systems[n])

function there<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('asked for too early')
  return value
}

async function reply(ask: Ask): Promise<Reply> {
  try {
    return { answer: await answerTo(ask) }
  } catch (error) {
    return { error: error instanceof Error ? (error.stack ?? error.message) : String(error) }
  }
}

process.on('disconnect', () => process.exit())
process.on('message', (ask: Ask) => {
  void reply(ask).then((answer) => process.send?.(answer))
})
