import { describeDriver } from './conform.js'

describeDriver('node-zookeeper-client')
