import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { root } from '../lib/process.mjs'

let tree: string

beforeEach(async () => {
  tree = await mkdtemp(join(tmpdir(), 'avout-lint-'))
  await cp(join(root, 'biome.json'), join(tree, 'biome.json'))
  await cp(join(root, 'scripts/lint'), join(tree, 'scripts/lint'), { recursive: true })
  await cp(join(root, '.gitignore'), join(tree, '.gitignore'))
})

afterEach(() => rm(tree, { recursive: true }))

/** The rules that the project's lint configuration finds broken when these files are all there is. */
async function lint(files: Record<string, string>) {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(tree, path)), { recursive: true })
    await writeFile(join(tree, path), text)
  }
  const args = ['lint', '--reporter=json', '--max-diagnostics=none', '.']
  const biome = join(root, 'node_modules/.bin/biome')
  const output = await new Promise<string>((resolve) => {
    execFile(biome, args, { cwd: tree }, (_error, stdout) => resolve(stdout))
  })
  const { diagnostics } = JSON.parse(output) as { diagnostics: { category: string; severity: string }[] }
  return diagnostics.filter(({ severity }) => severity === 'error').map(({ category }) => category.split('/').at(-1))
}

const machine = [
  ['export const a = Date.now()', 'noJsRestrictedProperties'],
  ['export const { now } = Date', 'noJsRestrictedProperties'],
  ['export const a = new Date()', 'plugin'],
  ['export const a = Date()', 'plugin'],
  ['export const a = Math.random()', 'noJsRestrictedProperties'],
  ['export const a = AbortSignal.timeout(5)', 'noJsRestrictedProperties'],
  ['export const a = performance.now()', 'noRestrictedGlobals'],
  ['export const a = crypto.randomUUID()', 'noRestrictedGlobals'],
  ['export const a = process.pid', 'noRestrictedGlobals'],
  ['export const a = globalThis.setTimeout', 'noRestrictedGlobals'],
  ['setTimeout(() => undefined, 5)', 'noRestrictedGlobals'],
  ['setInterval(() => undefined, 5)', 'noRestrictedGlobals'],
  ['setImmediate(() => undefined)', 'noRestrictedGlobals'],
  ['queueMicrotask(() => undefined)', 'noRestrictedGlobals'],
  ["import { hash } from 'node:crypto'\nexport const a = hash", 'noNodejsModules'],
  ["import { hash } from 'crypto'\nexport const a = hash", 'noNodejsModules'],
] as const

test.each(machine)('core takes nothing from the machine: %s', async (text, rule) => {
  expect(await lint({ 'packages/core/src/replay/a.ts': `${text}\n` })).toContain(rule)
})

test('but its platform does, and so do its tests and the other packages', async () => {
  const files = ['packages/core/src/platform/node.ts', 'packages/core/test/a.test.ts', 'packages/memory/src/a.ts']
  const rules = new Set<string | undefined>(machine.map(([, rule]) => rule))
  for (const [text] of machine) {
    const found = await lint(Object.fromEntries(files.map((file) => [file, `${text}\n`])))
    expect(found.filter((rule) => rules.has(rule))).toEqual([])
  }
})

test('a date made of a value is data', async () => {
  expect(await lint({ 'packages/core/src/a.ts': 'export const a = (ms: number) => new Date(ms)\n' })).toEqual([])
})

test.each([
  ['try {\n  a()\n} catch {}', 'plugin'],
  ['try {\n  a()\n} catch (error) {}', 'plugin'],
  ['try {\n  a()\n} catch {\n  // no reason is good enough\n}', 'plugin'],
  ['await a().catch(() => {})', 'plugin'],
  ['await a().catch(() => undefined)', 'plugin'],
  ['await a().catch(() => null)', 'plugin'],
  ['a()', 'noFloatingPromises'],
  ['export const b = a as any', 'plugin'],
])('an error is not swallowed, a type not forced: %s', async (text, rule) => {
  const found = await lint({ 'packages/memory/src/a.ts': `const a = async () => 1\n${text}\n` })
  expect(found).toContain(rule)
})

test.each(['test.skip', 'test.only', 'describe.skip'])('%s does not stay', async (call) => {
  const text = `import { describe, expect, test } from 'vitest'\n\n${call}('a', () => {\n  expect(1).toBe(1)\n})\n`
  const found = await lint({ 'packages/memory/test/a.test.ts': text })
  expect(found.some((rule) => rule === 'noSkippedTests' || rule === 'noFocusedTests')).toBe(true)
})

test('imports make no circle', async () => {
  const found = await lint({
    'packages/memory/src/a.ts': "import { b } from './b.js'\n\nexport const a = (): number => b()\n",
    'packages/memory/src/b.ts': "import { a } from './a.js'\n\nexport const b = (): number => a()\n",
  })
  expect(found).toContain('noImportCycles')
})

test('a package imports only what its manifest names', async () => {
  const found = await lint({
    'packages/memory/package.json': '{ "name": "@avout/memory", "dependencies": { "@avout/core": "1" } }',
    'packages/memory/src/a.ts': "export { a } from '@avout/core'\nexport { b } from 'elsewhere'\n",
  })
  expect(found).toEqual(['noUndeclaredDependencies'])
})
