import { describeBackend } from '../src/vitest.js'
import { harnessOf } from './mutants/mutant.js'

/** What simulations run on must not drift from what it stands for. */
describeBackend('the simulated store', async () => harnessOf())
