export type { Auth, DriverName } from './drivers/driver.js'
export { type ZooKeeperOptions, zookeeper } from './zookeeper.js'
