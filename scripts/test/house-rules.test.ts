import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { houseRules } from '../lib/house-rules.mjs'
import { root } from '../lib/process.mjs'

let tree: string

beforeEach(async () => {
  tree = await mkdtemp(join(tmpdir(), 'avout-house-'))
})

afterEach(() => rm(tree, { recursive: true }))

const manifest = { name: '@avout/core', private: true, description: 'a', license: 'MIT', engines: { node: '>=20.19' } }

/** What the rules say about a tree of these files; core's manifest is a good one unless given. */
async function judge(files: Record<string, string | object>) {
  for (const [path, content] of Object.entries({ 'packages/core/package.json': manifest, ...files })) {
    await mkdir(dirname(join(tree, path)), { recursive: true })
    await writeFile(join(tree, path), typeof content === 'string' ? content : JSON.stringify(content))
  }
  return houseRules(tree)
}

const core = (change: object) => ({ 'packages/core/package.json': { ...manifest, ...change } })

test('this tree keeps them', async () => {
  expect(await houseRules(root)).toEqual([])
})

test('a tree without breach is left alone', async () => {
  const found = await judge({
    'packages/core/src/index.ts': "export { a } from './a/a.js'\n",
    'packages/core/src/a/a.ts': "import { b } from '../b/b.js'\nexport const a = b\n",
    'packages/core/src/b/b.ts': 'export const b = 1\n',
    'packages/core/test/a.test.ts': "import '../src/a/a.js'\n// as PostgreSQL does\n",
    'packages/redis/package.json': { ...manifest, name: '@avout/redis' },
    'packages/redis/src/index.ts': '// Redis\n',
    'pnpm-lock.yaml': 'lockfileVersion: 1\n',
  })
  expect(found).toEqual([])
})

test.each(['Redis', 'PostgreSQL', 'mongodb', 'ZooKeeper'])(
  'core does not name %s, not even in a comment',
  async (store) => {
    expect(await judge({ 'packages/core/src/a.ts': `const a = 1\n// ${store}\n` })).toEqual([
      'packages/core/src/a.ts:2 names a store',
    ])
  },
)

test('nor in the name of a file', async () => {
  expect(await judge({ 'packages/core/src/redis.ts': '' })).toEqual(['packages/core/src/redis.ts:1 names a store'])
})

const elsewhere = '../../memory/src/index.js'

test.each([
  `import { a } from '${elsewhere}'`,
  `export * from '${elsewhere}'`,
  `import '${elsewhere}'`,
  `const a = await import('${elsewhere}')`,
])('an import does not leave its package: %s', async (line) => {
  expect(await judge({ 'packages/core/test/a.ts': `\n${line}\n` })).toEqual([
    'packages/core/test/a.ts:2 imports packages/memory/src/index.js, which is not in its package',
  ])
})

test('folders of core make no circle, not even through a third', async () => {
  const found = await judge({
    'packages/core/src/a/a.ts': "import type { B } from '../b/b.js'\n",
    'packages/core/src/b/b.ts': "import { c } from '../c/c.js'\n",
    'packages/core/src/c/c.ts': "import { a } from '../a/other.js'\n",
    'packages/core/src/d/d.ts': "import { a } from '../a/other.js'\n",
  })
  expect(found.map((line) => line.split(' ')[0])).toEqual([
    'packages/core/src/a/a.ts:1',
    'packages/core/src/b/b.ts:1',
    'packages/core/src/c/c.ts:1',
  ])
})

test.each([
  [{ name: 'core' }, 'is not named @avout/...'],
  [{ description: '' }, 'has no description'],
  [{ license: 'ISC' }, 'has another license than MIT'],
  [{ engines: { node: '>=18' } }, 'promises another Node than >=20.19'],
  [{ exports: { './*': './dist/*.js' } }, 'exports a wildcard, ./*'],
  [{ exports: { '.': { default: './a.js', types: './a.d.ts' } } }, 'exports . not as types, default'],
  [{ dependencies: { left: '1' } }, 'gives core a runtime dependency, left'],
  [
    { devDependencies: { '@avout/memory': 'workspace:^' } },
    'makes core depend on @avout/memory, which depends on core',
  ],
])('a manifest with %j is refused', async (change, breach) => {
  expect(await judge(core(change))).toEqual([`packages/core/package.json:1 ${breach}`])
})

test('what is published has a README with the headings, in order', async () => {
  const headings = ['Install', 'Example', 'Options', 'Guarantees', 'Parity and limitations', 'Errors']
  const readme = (order: string[]) => ['# core', ...order.map((heading) => `## ${heading}`)].join('\n')
  const published = core({ private: false })
  expect(await judge({ ...published, 'packages/core/README.md': readme(headings) })).toEqual([])
  for (const order of [headings.slice(1), headings.toReversed()]) {
    expect(await judge({ ...published, 'packages/core/README.md': readme(order) })).toHaveLength(1)
  }
})

test('the lockfile names no host', async () => {
  expect(await judge({ 'pnpm-lock.yaml': 'a:\n  tarball: https://example.org/a.tgz\n' })).toEqual([
    'pnpm-lock.yaml:2 names a host',
  ])
})
