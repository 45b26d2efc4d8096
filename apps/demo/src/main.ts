import { demo } from './demo.js'

const interrupt = new AbortController()
// Once: a second ^C ends the process the ordinary way.
process.once('SIGINT', () => interrupt.abort())
process.exitCode = await demo(process.argv.slice(2), {
  out: process.stdout,
  err: process.stderr,
  interrupted: interrupt.signal,
})
