import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { blocksOf, type CheckedBlock, checkBlocks, promisedOutput } from './support/blocks.js'
import { root, start } from './support/spawn.js'

const workspace = join(root, '../..')
const pages = ['README.md', ...(await pagesIn('docs')), ...(await readmesIn('packages'))]
const texts = await Promise.all(
  pages.map(async (page) => [page, await readFile(join(workspace, page), 'utf8')] as const),
)
const blocks = await checkBlocks(
  'pages',
  texts.flatMap(([page, text]) => blocksOf(page, text)),
)

const shown = new Set(blocks.map(({ page }) => page))

describe.each([...shown])('%s', (page) => {
  for (const block of blocks.filter((block) => block.page === page)) {
    it(`compiles at ${block.line}`, () => {
      expect(block.errors).toEqual([])
    })
    if (block.kind === 'program')
      it(`runs at ${block.line}`, async () => {
        expect(await run(block)).toEqual({ code: 0, stderr: '', stdout: promisedOutput(block) })
      })
    if (block.kind === 'tests')
      describe(`at ${block.line}`, async () => {
        await import(block.path)
      })
  }
})

it('found code in the pages that show some', () => {
  for (const page of ['README.md', 'docs/guide.md', 'docs/testing.md', 'packages/core/README.md'])
    expect(shown).toContain(page)
})

describe('a page', () => {
  const check = (text: string) => checkBlocks('page', blocksOf('page.md', text))
  const page = (...lines: string[]) => ['# Page', '', '```ts', ...lines, '```', ''].join('\n')

  it('with a wrong import fails, and says where', async () => {
    const [block] = await check(page("import { conect } from '@avout/core'", 'conect({})'))
    expect(block?.errors).toEqual([expect.stringMatching(/^page\.md:4 TS\d+: .*'conect'/)])
  })

  it('with an import from nowhere fails', async () => {
    const [block] = await check(page("import { memory } from '@avout/memori'", 'memory()'))
    expect(block?.errors).toEqual([expect.stringMatching(/^page\.md:4 TS2307/)])
  })

  it('gives fragments what its last comment declares', async () => {
    const fragment = page('console.log(', '  n.length)')
    expect(fragment.split('\n')[4]).toBe('  n.length)')
    const declared = `<!-- ts:\ndeclare const n: number\n-->\n${fragment}`
    expect((await check(declared)).map(({ errors }) => errors)).toEqual([[expect.stringMatching(/^page\.md:8 TS2339/)]])
    expect((await check(fragment)).map(({ errors }) => errors.length)).toEqual([1])
  })

  it('with another output than it says fails', async () => {
    const [block] = await check(page("import '@avout/memory'", "console.log('a') // a", "console.log('b') // c"))
    expect(block?.kind).toBe('program')
    expect(promisedOutput(block as CheckedBlock)).toBe('a\nc\n')
    expect((await run(block as CheckedBlock)).stdout).toBe('a\nb\n')
  })
})

function run({ path }: CheckedBlock) {
  return start([path]).ended
}

async function pagesIn(folder: string): Promise<string[]> {
  const names = await readdir(join(workspace, folder))
  return names.filter((name) => name.endsWith('.md')).map((name) => `${folder}/${name}`)
}

/** Of what is published. */
async function readmesIn(folder: string): Promise<string[]> {
  const names = await readdir(join(workspace, folder))
  const published = await Promise.all(
    names.map(async (name) => {
      const manifest = JSON.parse(await readFile(join(workspace, folder, name, 'package.json'), 'utf8'))
      return manifest.private === true ? [] : [`${folder}/${name}/README.md`]
    }),
  )
  return published.flat()
}
