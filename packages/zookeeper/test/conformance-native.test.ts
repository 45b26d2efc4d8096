import { describeDriver } from './conform.js'

describeDriver('zookeeper')
