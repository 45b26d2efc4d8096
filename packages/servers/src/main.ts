import { commands } from './commands.js'

process.exitCode = await commands(process.argv.slice(2), (line) => process.stdout.write(`${line}\n`))
