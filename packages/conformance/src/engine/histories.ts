import type { Ref, Tx } from '@avout/core'
import type { Bench } from '../bench.js'
import type { Step } from '../history/index.js'
import type { Scenario, Suite } from '../scenario.js'
import type { Player } from './player.js'
import { Recorder } from './recorder.js'

type List = readonly number[]

interface Line {
  readonly list: Ref<List>
  /** Of an append. */
  readonly element: number | undefined
}

const LISTS = 4

/**
 * Lists that only grow: what a read answers tells everything that came before it. So a history of reads and appends shows
 * whether there is one order of all transactions that explains it, and is the order of time.
 */
const histories: Scenario = {
  name: 'engine/histories',
  law: 'Transactions: strictly serializable',
  run: async (bench) => {
    const recorder = new Recorder()
    const players = await bench.players(3)
    const workers = players.flatMap((player, i) => [0, 1].map(() => work(bench, recorder, player, i)))
    await Promise.all(workers)
    for (const [i, player] of [...players, await bench.connect()].entries()) {
      await recorder.call(i, [], () =>
        play(
          player,
          player.refs<List>(LISTS, '/list', []).map((list) => ({ list, element: undefined })),
        ),
      )
    }
    const { anomalies, dependencies } = recorder.verdict()
    bench.equal(anomalies, [], 'what no order of the transactions explains')
    bench.ok(dependencies > 40, `only ${dependencies} dependencies between transactions: they prove little`)
  },
}

async function work(bench: Bench, recorder: Recorder, player: Player, client: number): Promise<void> {
  const { random } = bench
  const lists = player.refs<List>(LISTS, '/list', [])
  for (let i = 0; i < 12; i++) {
    const lines = random
      .shuffle(lists)
      .slice(0, random.between(1, 3))
      .map((list): Line => {
        return { list, element: random.chance(0.6) ? recorder.element() : undefined }
      })
    const intended = lines.flatMap((line) => appendOf(line))
    await recorder.call(client, intended, () => play(player, lines))
  }
}

const appendOf = ({ list, element }: Line): Step[] =>
  element === undefined ? [] : [{ f: 'append', key: list.name, element }]

async function play({ avout }: Player, lines: readonly Line[]): Promise<readonly Step[]> {
  return avout.dosync(async (tx) => {
    const steps: Step[] = []
    for (const line of lines)
      steps.push({ f: 'read', key: line.list.name, list: await touch(tx, line) }, ...appendOf(line))
    return steps
  })
}

/** Answers what was there before. */
async function touch(tx: Tx, { list, element }: Line): Promise<List> {
  if (element === undefined) return tx.get(list)
  const after = await tx.alter(list, (elements) => [...elements, element])
  return after.slice(0, -1)
}

export const recording: Suite = [histories]
