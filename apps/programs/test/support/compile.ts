import { mkdir, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { root, start } from './spawn.js'

export interface CompileError {
  /** As it was given to `compile`. */
  readonly file: string
  readonly line: number
  readonly message: string
}

export interface Compiled {
  readonly errors: readonly CompileError[]
  /** Where the JavaScript of a file is. */
  emitted(file: string): string
}

const ERROR = /^(.+)\((\d+),\d+\): error (TS\d+: .*)$/

/** Compiles sources as strictly as this workspace is, against the packages as they were built. `name` is a folder of their own. */
export async function compile(name: string, sources: Readonly<Record<string, string>>): Promise<Compiled> {
  const folder = join(root, '.cache', name)
  await rm(folder, { recursive: true, force: true })
  const options = { extends: '../../../../tsconfig.base.json', compilerOptions: { outDir: 'out', rootDir: '.' } }
  const files = { ...sources, 'tsconfig.json': JSON.stringify({ ...options, files: Object.keys(sources) }) }
  for (const [file, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, file)), { recursive: true })
    await writeFile(join(folder, file), text)
  }
  const tsc = join(root, 'node_modules/typescript/bin/tsc')
  const { stdout, stderr } = await start([tsc, '-p', join(folder, 'tsconfig.json'), '--pretty', 'false']).ended
  if (stderr !== '') throw new Error(stderr)
  const prefix = `.cache/${name}/`
  const errors: CompileError[] = []
  for (const output of stdout.split('\n')) {
    const [, file, line, message] = ERROR.exec(output) ?? []
    if (file !== undefined)
      errors.push({ file: file.replace(prefix, ''), line: Number(line), message: message as string })
    // The rest of a message is indented; what is neither is about no file, as an unknown option is.
    else if (output !== '' && !output.startsWith(' ')) throw new Error(output)
  }
  return { errors, emitted: (file) => join(folder, 'out', file.replace(/\.(c?)ts$/, '.$1js')) }
}
