import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { build, type Plugin } from 'esbuild'
import { type PlantedBug, plant } from './planted-bug.js'

/** What is bundled: an entry, and the package whose sources go into it. */
export interface Sources {
  readonly entry: string
  /** The folder of the package that the bug is planted in; its `exports` and `imports` name built files, taken from src here. */
  readonly package: string
  /** Written here. */
  readonly outfile: string
}

/** Bundles the entry with the package's TypeScript sources, `bug` in them if one is given. */
export async function bundle({ entry, package: folder, outfile }: Sources, bug?: PlantedBug): Promise<void> {
  const planted = { done: false }
  await build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    logLevel: 'silent',
    plugins: [await fromSources(folder), ...(bug === undefined ? [] : [planting(folder, bug, planted)])],
  })
  if (bug !== undefined && !planted.done) throw new Error(`planted bug "${bug.name}": ${bug.file} is not in the bundle`)
}

interface Manifest {
  readonly name: string
  readonly exports: Readonly<Record<string, string | { readonly default: string }>>
  readonly imports?: Readonly<Record<string, { readonly default: string }>>
}

/** Resolves the package's own names to its sources: './dist/testing/index.js' stands for 'src/testing/index.ts'. */
async function fromSources(folder: string): Promise<Plugin> {
  const manifest = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as Manifest
  const sources = new Map<string, string>()
  const enter = (name: string, built: string) => {
    sources.set(name, join(folder, built.replace('./dist/', './src/').replace(/\.js$/, '.ts')))
  }
  for (const [path, target] of Object.entries(manifest.exports)) {
    if (typeof target !== 'string') enter(manifest.name + path.slice(1), target.default)
  }
  for (const [name, target] of Object.entries(manifest.imports ?? {})) enter(name, target.default)
  return {
    name: 'from-sources',
    setup(context) {
      context.onResolve({ filter: /^[@#]/ }, ({ path }) => {
        const source = sources.get(path)
        return source === undefined ? undefined : { path: source }
      })
    },
  }
}

function planting(folder: string, bug: PlantedBug, planted: { done: boolean }): Plugin {
  return {
    name: 'planting',
    setup(context) {
      context.onLoad({ filter: /\.ts$/ }, async ({ path }) => {
        if (path !== join(folder, 'src', bug.file)) return undefined
        const contents = plant(await readFile(path, 'utf8'), bug)
        planted.done = true
        return { contents, loader: 'ts' }
      })
    },
  }
}
