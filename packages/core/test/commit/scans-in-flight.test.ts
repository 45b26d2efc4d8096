import { expect, test } from 'vitest'
import { OverlayWorld } from './overlay-world.js'

const all = { from: '/a', to: '/z' }
const scanAndWrite = { reads: [], writes: ['/b'], creates: [], scan: all }
const create = (ref: string) => ({ reads: [], writes: [], creates: [ref], scan: undefined })

test('a scan stands when the last creation that it saw leaves the window while it is in flight', () => {
  const world = new OverlayWorld(4)
  world.otherWrites(['/a'], true) // at 2
  world.fill()
  world.fill()
  world.commit(scanAndWrite)
  world.send() // s = 4: it may land up to 8; at 7 the creation is forgotten
  for (const ref of ['/x', '/y', '/x']) world.otherWrites([ref], false) // 5, 6, 7
  expect(world.pendings[0]?.dead).toBe(false)
  world.land(0)
  expect([...world.outcomes.values()]).toEqual(['won'])
})

test('it falls when another key is created meanwhile', () => {
  const world = new OverlayWorld(4)
  world.otherWrites(['/a'], true)
  world.commit(scanAndWrite)
  world.send()
  world.otherWrites(['/c'], true)
  expect(world.pendings[0]?.dead).toBe(true)
  world.land(0)
  expect([...world.outcomes.values()]).toEqual(['lost'])
})

test('it stands on a creation in flight, and falls with it', () => {
  for (const clash of [false, true]) {
    const world = new OverlayWorld(8)
    world.commit(create('/a'))
    world.commit(scanAndWrite)
    world.send()
    world.otherWrites([clash ? '/a' : '/x'], false)
    expect(world.pendings.map(({ dead }) => dead)).toEqual([clash, clash])
    world.land(0)
    expect([...world.outcomes.values()]).toEqual(clash ? ['lost', 'lost'] : ['won', 'won'])
  }
})
