import { describe, expect, it } from 'vitest'
import { World } from './world.js'

async function client() {
  const world = new World()
  const [avout, rival] = await world.pair()
  return { world, wait: world.wait, avout, rival, n: avout.ref('/n', 0) }
}

describe('the order at commit', () => {
  it('is commutes, validators, commit point, watches, afterCommit, and then the caller goes on', async () => {
    const { wait, avout, n, world } = await client()
    const course: string[] = []
    const records = () => world.records().length
    const founded = records()
    await wait(
      n.setValidator((value) => {
        if (value > 0) course.push(`validator ${value}, ${records() - founded} records`)
        return true
      }),
    )
    n.addWatch('watch', (_key, _ref, old, value) =>
      course.push(`watch ${old} ${value}, ${records() - founded} records`),
    )
    const committed = avout
      .dosync(async (tx) => {
        await tx.commute(n, (value) => {
          course.push('commute')
          return value + 1
        })
        course.push('body')
        tx.afterCommit(() => course.push('afterCommit'))
      })
      .then(() => course.push('resolved'))
    await wait(committed)
    expect(course).toEqual([
      'commute',
      'body',
      'commute',
      'validator 1, 0 records',
      'watch 0 1, 1 records',
      'afterCommit',
      'resolved',
    ])
  })

  it('is watches, afterCommit, and the caller also for who does not wait for the containers', async () => {
    const { wait, avout, n } = await client()
    const course: string[] = []
    n.addWatch('watch', () => course.push('watch'))
    const committed = avout.dosync(
      (tx) => {
        tx.set(n, 1)
        tx.afterCommit(() => course.push('afterCommit'))
      },
      { materialize: 'background' },
    )
    await wait(committed.then(() => course.push('resolved')))
    expect(course).toEqual(['watch', 'afterCommit', 'resolved'])
  })

  it('a validator that refuses stops before the commit point, and no watch is told', async () => {
    const { wait, avout, n, world } = await client()
    const told: number[] = []
    n.addWatch('watch', (_key, _ref, _old, value) => told.push(value))
    await wait(n.setValidator((value) => value < 1))
    const records = world.records().length
    await expect(wait(avout.dosync((tx) => tx.set(n, 1)))).rejects.toMatchObject({ kind: 'invalid' })
    expect(told).toEqual([])
    expect(world.records()).toHaveLength(records)
  })
})
