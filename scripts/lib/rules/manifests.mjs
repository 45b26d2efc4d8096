/** @param {string} path @param {import('../workspace.mjs').Manifest} manifest */
export function manifestRules(path, manifest) {
  const file = `${path}/package.json:1`
  const found = []
  const { name, description, license, engines, dependencies = {}, devDependencies = {}, exports = {} } = manifest
  if (!name.startsWith('@avout/')) found.push(`${file} is not named @avout/...`)
  if (!description) found.push(`${file} has no description`)
  if (license !== 'MIT') found.push(`${file} has another license than MIT`)
  if (engines?.node !== '>=20.19') found.push(`${file} promises another Node than >=20.19`)
  for (const [entry, target] of Object.entries(exports)) {
    if (entry.includes('*')) found.push(`${file} exports a wildcard, ${entry}`)
    const conditions = typeof target === 'string' ? undefined : Object.keys(target).join(', ')
    if (conditions !== undefined && conditions !== 'types, default')
      found.push(`${file} exports ${entry} not as types, default`)
  }
  if (path === 'packages/core') {
    for (const dependency of Object.keys(dependencies))
      found.push(`${file} gives core a runtime dependency, ${dependency}`)
    for (const dependency of Object.keys(devDependencies)) {
      if (dependency.startsWith('@avout/'))
        found.push(`${file} makes core depend on ${dependency}, which depends on core`)
    }
  }
  return found
}
