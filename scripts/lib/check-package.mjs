import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { root, run } from './process.mjs'

const bins = fileURLToPath(new URL('../node_modules/.bin', import.meta.url))

/**
 * Packs a package as it would be published, and asks publint and are-the-types-wrong about the result. Loading ES modules
 * with `require` is meant, so that one remark of theirs is switched off.
 *
 * @param {string} folder
 * @returns {Promise<boolean>} Whether both are content.
 */
export async function checkPackage(folder) {
  const target = await mkdtemp(join(tmpdir(), 'avout-pack-'))
  try {
    if ((await pnpm(['pack', '--pack-destination', target], folder)) !== 0) return false
    const tarballs = (await readdir(target)).map((name) => join(target, name))
    const publint = await run(join(bins, 'publint'), ['run', ...tarballs, '--strict'], { quiet: true })
    const attw = await run(
      join(bins, 'attw'),
      [
        ...tarballs,
        '--profile',
        'node16',
        '--ignore-rules',
        'cjs-resolves-to-esm',
        '--no-definitely-typed',
        '--no-color',
      ],
      { quiet: true },
    )
    return publint === 0 && attw === 0
  } finally {
    await rm(target, { recursive: true })
  }
}

/** The pnpm that runs this script, wherever it lies. @param {readonly string[]} args @param {string} cwd */
function pnpm(args, cwd = root) {
  const path = process.env.npm_execpath
  return path ? run(process.execPath, [path, ...args], { cwd, quiet: true }) : run('pnpm', args, { cwd, quiet: true })
}
