// A CommonJS program on Node >= 20.19: require(esm), no top-level await in our graph.
import core = require('@avout/core')
import mem = require('@avout/memory')
async function main(): Promise<void> {
  const avout = await core.connect({ coordinator: mem.memory() })
  try {
    await avout.dosync((tx) => tx.alter(avout.ref('/n', 0), (n) => n + 1))
    console.log(await avout.ref('/n', 0).deref())
  } finally {
    await avout.close()
  }
}
main().catch((error) => {
  console.error(error)
  process.exitCode = 1
})
