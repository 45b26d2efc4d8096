import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { root } from '../lib/process.mjs'

/** A line that reads the machine, and the rule that core breaks with it. */
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
  ["export { hash } from 'node:crypto'", 'noNodejsModules'],
  ["export { hash } from 'crypto'", 'noNodejsModules'],
] as const

/** Lines that no package may have. */
const everywhere = [
  ['try {\n  await a()\n} catch {}', 'plugin'],
  ['try {\n  await a()\n} catch (error) {}', 'plugin'],
  ['try {\n  await a()\n} catch {\n  // no reason is good enough\n}', 'plugin'],
  ['await a().catch(() => {})', 'plugin'],
  ['await a().catch(() => undefined)', 'plugin'],
  ['await a().catch(() => null)', 'plugin'],
  ['a()', 'noFloatingPromises'],
  ['export const b = a as any', 'plugin'],
] as const

const unfinished = [
  ['test.skip', 'noSkippedTests'],
  ['describe.skip', 'noSkippedTests'],
  ['test.only', 'noFocusedTests'],
] as const

const exempt = ['packages/core/src/platform', 'packages/core/test', 'packages/memory/src', 'apps/demo/src'] as const

const files: Record<string, string> = {
  'packages/core/src/date-of-a-value.ts': 'export const a = (ms: number) => new Date(ms)\n',
  'packages/memory/package.json': '{ "name": "@avout/memory", "dependencies": { "@avout/core": "1" } }\n',
  'packages/memory/src/circle.ts': "import { b } from './circle-back.js'\n\nexport const a = (): number => b()\n",
  'packages/memory/src/circle-back.ts': "import { a } from './circle.js'\n\nexport const b = (): number => a()\n",
  'packages/memory/src/declared.ts': "export { a } from '@avout/core'\n",
  'packages/memory/src/undeclared.ts': "export { b } from 'elsewhere'\n",
}
for (const [index, [line]] of machine.entries()) {
  for (const folder of ['packages/core/src/replay', ...exempt]) files[`${folder}/machine-${index}.ts`] = `${line}\n`
}
for (const [index, [line]] of everywhere.entries()) {
  files[`packages/memory/src/everywhere-${index}.ts`] = `const a = async () => 1\n${line}\n`
}
for (const [index, [call]] of unfinished.entries()) {
  const text = `import { describe, expect, test } from 'vitest'\n\n${call}('a', () => {\n  expect(1).toBe(1)\n})\n`
  files[`packages/memory/test/unfinished-${index}.test.ts`] = text
}

/** The rules broken, by file: what the project's own configuration says about a tree of these files. */
let broken: Map<string, string[]>

beforeAll(async () => {
  const tree = await mkdtemp(join(tmpdir(), 'avout-lint-'))
  for (const part of ['biome.json', '.gitignore', 'scripts/lint']) {
    await cp(join(root, part), join(tree, part), { recursive: true })
  }
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(tree, path)), { recursive: true })
    await writeFile(join(tree, path), text)
  }
  broken = await lint(tree)
  await rm(tree, { recursive: true })
})

async function lint(tree: string) {
  const args = ['lint', '--reporter=json', '--max-diagnostics=none', '.']
  // It exits with 1 because it finds something; if it found no way to run, what it printed is no JSON.
  const output = await new Promise<string>((resolve) => {
    execFile(join(root, 'node_modules/.bin/biome'), args, { cwd: tree }, (_error, stdout) => resolve(stdout))
  })
  const report = JSON.parse(output) as {
    diagnostics: { category: string; severity: string; location: { path: string } }[]
  }
  const rules = new Map<string, string[]>()
  for (const { category, severity, location } of report.diagnostics) {
    if (severity !== 'error') continue
    rules.set(location.path, [...(rules.get(location.path) ?? []), category.split('/').at(-1) ?? ''])
  }
  return rules
}

test.each(machine.map(([line, rule], index) => ({ line, rule, index })))('core may not: $line', ({ rule, index }) => {
  expect(broken.get(`packages/core/src/replay/machine-${index}.ts`)).toContain(rule)
})

test.each(exempt)('%s may', (folder) => {
  const rules = new Set<string>(machine.map(([, rule]) => rule))
  for (const index of machine.keys()) {
    expect(broken.get(`${folder}/machine-${index}.ts`)?.filter((rule) => rules.has(rule)) ?? []).toEqual([])
  }
})

test('a date made of a value is data', () => {
  expect(broken.get('packages/core/src/date-of-a-value.ts')).toBeUndefined()
})

test.each(everywhere.map(([line, rule], index) => ({ line, rule, index })))('none may: $line', ({ rule, index }) => {
  expect(broken.get(`packages/memory/src/everywhere-${index}.ts`)).toContain(rule)
})

test.each(unfinished.map(([call, rule], index) => ({ call, rule, index })))('no test may: $call', ({ rule, index }) => {
  expect(broken.get(`packages/memory/test/unfinished-${index}.test.ts`)).toContain(rule)
})

test('imports make no circle', () => {
  expect(broken.get('packages/memory/src/circle.ts')).toContain('noImportCycles')
})

test('a package imports only what its manifest names', () => {
  expect(broken.get('packages/memory/src/declared.ts')).toBeUndefined()
  expect(broken.get('packages/memory/src/undeclared.ts')).toEqual(['noUndeclaredDependencies'])
})
