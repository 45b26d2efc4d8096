import { ask } from './ask.js'
import { type BsonDocument, decodeBson, encodeBson } from './bson.js'

/** Of a message: its four numbers, then flags and the kind of its only section. */
const headLength = 16 + 4 + 1
const opMessage = 2013

/** Runs an administrative command on a mongod of this machine. Rejects with the server's error. */
export async function askMongo(port: number, command: BsonDocument): Promise<BsonDocument> {
  const body = encodeBson({ ...command, $db: 'admin' })
  const head = Buffer.alloc(headLength)
  head.writeInt32LE(headLength + body.length, 0)
  head.writeInt32LE(1, 4)
  head.writeInt32LE(opMessage, 12)
  const whole = (answer: Buffer) => answer.length >= 4 && answer.length >= answer.readInt32LE(0)
  const answer = await ask(port, Buffer.concat([head, body]), whole)
  if (!whole(answer)) throw new Error(`MongoDB on port ${port} has closed the connection`)
  const document = decodeBson(answer.subarray(headLength))
  if (document.ok !== 1) throw new Error(`MongoDB on port ${port} answers ${String(document.errmsg)}`)
  return document
}
