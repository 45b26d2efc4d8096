import { compile } from './compile.js'

/*
 * The code of a page, and what becomes of it:
 *
 * - Every ```ts block is a file of its own, and compiles.
 * - A block that imports nothing is a fragment. It stands behind the imports and declarations that the page gives above it in an
 *   HTML comment that begins with "ts:", which readers do not see.
 * - A block that imports @avout/memory or @avout/core/testing is a program: it is run, ends well by itself, and writes what the
 *   comments behind its console.log calls say, and nothing else.
 * - A block that imports vitest holds tests: they are run.
 */
export interface Block {
  readonly page: string
  /** Of its first line, in the page. */
  readonly line: number
  readonly code: string
  /** What stands before a fragment; empty for any other block. */
  readonly preamble: string
  readonly kind: 'fragment' | 'program' | 'tests' | 'types'
}

const PART = /^```ts\n(?<code>[\s\S]*?)^```$|^<!-- ts:\n(?<preamble>[\s\S]*?)^-->$/gm
const LOG = /console\.log\(.*\) \/\/ (.*)$/

export function blocksOf(page: string, text: string): Block[] {
  const blocks: Block[] = []
  let preamble = ''
  for (const match of text.matchAll(PART)) {
    const { code } = match.groups as { code?: string; preamble?: string }
    if (code === undefined) {
      preamble = match.groups?.preamble ?? ''
      continue
    }
    const line = text.slice(0, match.index).split('\n').length + 1
    const kind = kindOf(code)
    blocks.push({ page, line, code, kind, preamble: kind === 'fragment' ? preamble : '' })
  }
  return blocks
}

function kindOf(code: string): Block['kind'] {
  const imported = [...code.matchAll(/^import\b[^;]*?['"]([^'"]+)['"]$/gm)].map(([, from]) => from)
  if (imported.length === 0) return 'fragment'
  if (imported.some((from) => from === 'vitest' || from === '@avout/conformance/vitest')) return 'tests'
  return imported.includes('@avout/memory') || imported.includes('@avout/core/testing') ? 'program' : 'types'
}

/** What a program says that it writes, a line each call. */
export function promisedOutput({ code }: Block): string {
  const lines = code.split('\n').flatMap((line) => LOG.exec(line)?.[1] ?? [])
  return lines.map((line) => `${line}\n`).join('')
}

export interface CheckedBlock extends Block {
  /** "page:line what is wrong". */
  readonly errors: readonly string[]
  /** Where its JavaScript is. */
  readonly path: string
}

/** Compiles blocks, each a file of its own. `name` is a folder for them. */
export async function checkBlocks(name: string, blocks: readonly Block[]): Promise<CheckedBlock[]> {
  const fileOf = ({ page, line }: Block) => `${page.replaceAll(/[^\w.]/g, '-')}-${line}.ts`
  const sources = blocks.map((block) => [fileOf(block), `${block.preamble}${block.code}export {}\n`] as const)
  const { errors, emitted } = await compile(name, Object.fromEntries(sources))
  return blocks.map((block) => {
    const { page, line, preamble } = block
    const before = preamble.split('\n').length - 1
    const own = errors.filter(({ file }) => file === fileOf(block))
    return {
      ...block,
      path: emitted(fileOf(block)),
      errors: own.map((error) => `${page}:${line + error.line - 1 - before} ${error.message}`),
    }
  })
}
