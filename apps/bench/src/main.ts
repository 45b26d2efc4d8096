import { bench } from './bench.js'

process.exitCode = await bench(process.argv.slice(2), process.stdout, process.stderr)
