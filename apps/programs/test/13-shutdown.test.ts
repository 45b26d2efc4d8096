import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { expect, it } from 'vitest'
import { start } from './support/spawn.js'

it('answers how it is, and ends well when told to', async () => {
  const { child, ended } = start(['dist/13-shutdown.js'], { env: { PORT: '0' } })
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string]
  const port = line.replace('listening on ', '')
  const response = await fetch(`http://127.0.0.1:${port}`)
  expect(response.status).toBe(200)
  expect(await response.json()).toEqual({ lag: 0, redo: 0 })
  child.kill('SIGTERM')
  const { code, stdout, stderr } = await ended
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(stdout).toContain('closed')
})
