import createSound from './harness.js'

const sound = await createSound()
export const backend = sound.open()
