export { mongo } from './mongo.js'
export type { MongoClientOptions, MongoOptions, MongoUrlOptions } from './options.js'
