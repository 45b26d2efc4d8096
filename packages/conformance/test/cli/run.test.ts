import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { run } from '../../src/cli/run.js'

const moduleAt = (name: string) => fileURLToPath(new URL(`modules/${name}.js`, import.meta.url))

async function called(...args: string[]) {
  let out = ''
  let complaint = ''
  const write = (written: string) => {
    out += written
  }
  const complain = (written: string) => {
    complaint += written
  }
  const code = await run(args, { write, colours: false, live: false }, complain)
  return { code, out, complaint }
}

describe('the command line', () => {
  it('reports each scenario and ends with 0 when all are kept', async () => {
    const { code, out } = await called(moduleAt('harness'), '--only', '^counter')
    expect(code).toBe(0)
    expect(out).toMatch(/^ {2}✓ counter\/unique +\d+ ms {2}Counter 1$/m)
    expect(out).toMatch(/^\d+ kept, 0 not, in [\d.]+ s$/m)
  })

  it('says what is not kept and ends with 1', async () => {
    const { code, out } = await called(moduleAt('broken'), '--only', '^(counter|session)')
    expect(code).toBe(1)
    expect(out).toMatch(/^ {2}✗ counter\/begins .*Counter.*\n {6}\S/m)
    expect(out).toMatch(/^✗ not kept: counter\/begins/m)
  })

  it('takes a backend, too', async () => {
    const { code, out } = await called(moduleAt('backend'), '--only', 'session/ping')
    expect({ code, out }).toEqual({ code: 0, out: expect.stringContaining('1 kept, 0 not') })
  })

  it('lists what would run', async () => {
    const { code, out } = await called(moduleAt('harness'), '--list', '--only', '^(state|engine/reopened)')
    expect(code).toBe(0)
    expect(out).toMatch(/^ {2}state\/register +StateContainer 1$/m)
    expect(out).toMatch(/^~ engine\/reopened /m)
  })

  it('answers JSON', async () => {
    const { code, out } = await called(moduleAt('broken'), '--json', '--only', 'counter/begins', '--seed', '7')
    expect(code).toBe(1)
    expect(JSON.parse(out)).toMatchObject({
      seed: 7,
      passed: 0,
      failed: 1,
      scenarios: [{ scenario: 'counter/begins', kept: false, error: expect.any(String), ms: expect.any(Number) }],
    })
  })

  it.each([
    [[], /which module/],
    [['a.js', 'b.js'], /one module at a time/],
    [['./nowhere.js'], /there is no file .*nowhere\.js/],
    [['no-such-package'], /neither a file nor a package "no-such-package"/],
    [[moduleAt('harness'), '--sed', '1'], /--sed/],
    [[moduleAt('harness'), '--seed', 'x'], /--seed is a whole number from 0 on, not "x"/],
    [[moduleAt('harness'), '--only', '('], /--only is a regular expression/],
    [[moduleAt('empty')], /exports somethingElse; what is examined is its default, createHarness or backend/],
    [[moduleAt('wrong')], /"default" answers is an object with open, not what can be examined/],
    [[moduleAt('throws')], /cannot be loaded: the module itself fails/],
  ])('ends with 2 for %j', async (args, wanted) => {
    const { code, complaint } = await called(...args)
    expect(complaint).toMatch(wanted)
    expect(code).toBe(2)
  })

  it('ends with 2 where nothing matches', async () => {
    const { code, out } = await called(moduleAt('harness'), '--only', 'versoins')
    expect({ code, out }).toEqual({ code: 2, out: expect.stringContaining('no scenario matches /versoins/') })
  })

  it('explains itself', async () => {
    const { code, out } = await called('--help')
    expect({ code, out }).toEqual({ code: 0, out: expect.stringContaining('avout-conformance <module> [options]') })
  })

  it('is a program', async () => {
    const bin = fileURLToPath(new URL('../../bin/avout-conformance.js', import.meta.url))
    const child = spawn(process.execPath, [bin, moduleAt('harness'), '--only', 'session/ping'], { stdio: 'pipe' })
    const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')])
    expect({ code: child.exitCode, stderr, stdout }).toEqual({
      code: 0,
      stderr: '',
      stdout: expect.stringContaining('1 kept, 0 not'),
    })
  })
})
