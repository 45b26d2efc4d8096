import { join } from 'node:path'
import { args, root, run } from './process.mjs'
import { turbo } from './turbo.mjs'

/**
 * Builds an app and what it needs, says nothing about that unless it fails, and runs it with the arguments given. The app
 * itself answers `--help`.
 *
 * @param {string} app The name of its folder.
 * @param {string} [group] The folder that this is in.
 */
export async function launch(app, group = 'apps') {
  const built = await turbo(['build', `--filter=@avout/${app}`, '--output-logs=errors-only'], { quiet: true })
  process.exitCode =
    built || (await run(process.execPath, ['--enable-source-maps', join(root, group, app, 'dist/main.js'), ...args]))
}
