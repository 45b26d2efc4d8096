import { launch } from './lib/launch.mjs'

await launch('servers', 'packages')
