import type { Driver, DriverName } from './driver.js'

const INSTALL: Readonly<Record<DriverName, string>> = {
  zookeeper:
    "`npm install zookeeper` compiles it (a C compiler, make and node-gyp's needs), or take the other one, which compiles nothing: `npm install node-zookeeper-client` and { driver: 'node-zookeeper-client' }",
  'node-zookeeper-client': '`npm install node-zookeeper-client`',
}

/** Only the one that is asked for is loaded: the other may be missing, or not have been built. Rejects with a `TypeError`. */
export async function loadDriver(name: DriverName): Promise<Driver> {
  try {
    if (name === 'zookeeper') return (await import('./native.js')).nativeDriver(await import(name))
    return (await import('./javascript.js')).javascriptDriver(await import(name))
  } catch (error) {
    const message = `the driver "${name}" could not be loaded: ${INSTALL[name]}`
    throw Object.assign(new TypeError(message, { cause: error }), { code: 'AVOUT_ZOOKEEPER_DRIVER' })
  }
}
