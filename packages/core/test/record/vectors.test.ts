import { expect, test } from 'vitest'
import { decodeRecord } from '../../src/record/decode.js'
import { encodeRealm, encodeTransactions } from '../../src/record/encode.js'
import { FORMAT } from '../../src/record/record.js'
import { RefStates } from '../../src/state/ref-state.js'
import { type RecordSpec, recordOf } from '../replay/history.js'
import { CLIENT } from './arbitraries.js'

/*
 * The bytes of a few records, in full. Whoever has to change one of these changes the format of every log there is: the records
 * of yesterday must still be read, so that needs a new FORMAT, or a new part that clients of today stop at.
 */

const H = 'abcdefghijklmnopqrstuv'

function textOf(spec: RecordSpec, states = new RefStates()): string {
  return new TextDecoder().decode(
    encodeTransactions(recordOf(states, { client: CLIENT, number: 12, s: 345, h: H, ...spec })),
  )
}

const HEAD = `{"f":1,"c":"${CLIENT}","n":12,"s":345,"h":"${H}"`

test('the format is 1', () => {
  expect(FORMAT).toBe(1)
})

test('a realm', () => {
  expect(new TextDecoder().decode(encodeRealm({ kind: 'realm', window: 2_048, inlineLimit: 65_536 }))).toBe(
    '{"f":1,"k":"realm","window":2048,"inlineLimit":65536}',
  )
})

test('reads and writes; own versions are abbreviated, marked ones have an asterisk', () => {
  const tx = {
    id: 7,
    reads: [
      ['/a', ''],
      ['/b', `${CLIENT}.11.3`],
      ['/c', `*${CLIENT}.12.0`],
      ['/d', 'other.5.6'],
      ['/e', '*other.5.6'],
    ],
    writes: [['/f', '*']],
  } as const
  expect(textOf({ txs: [tx] })).toBe(
    `${HEAD},"t":[[7,["/a","","/b",".11.3","/c","*.12.0","/d","other.5.6","/e","*other.5.6"],[["/f",0,"*",0,0]]]],"b":["home"]}`,
  )
})

test('creations, deletions, empty places, names and texts', () => {
  const txs = [undefined, { id: 'pay "7"', creates: [['/é', '']], deletes: [['/😀', '']] }] as const
  expect(textOf({ name: 'till\n3', txs })).toBe(
    `${HEAD},"a":"till\\n3","t":[0,["pay \\"7\\"",[],[["/é",0,"",1,1],["/😀",0,"",2,0,0]]]],"b":["home"]}`,
  )
})

test('what few transactions have', () => {
  const tx = {
    id: 0,
    label: 'close',
    grants: [['/l', '*']],
    ranges: [
      ['/a', '/b', ''],
      ['/c', '/d', `*${CLIENT}.1.0`],
    ],
  } as const
  expect(textOf({ txs: [tx] })).toBe(
    `${HEAD},"t":[[0,[],[],{"l":"close","r":[["/a","/b",""],["/c","/d","*.1.0"]],"g":["/l","*"]}]],"b":[]}`,
  )
})

test('operations, sends, a value that only its container has, two homes', () => {
  const states = new RefStates()
  const text = `${HEAD},"t":[[0,[],[["/x",0,"",0,0,1],["/y",1,"",1,{"a":[1,null]}],["/z",0,"",0,"z"]],{"o":[["/s",0,1,0,5,["add",0,[-1,0,null]],["max",0,2]],["/l",1,0,[],null,["append",0,["a"]],["shop/sort",3,{"by":"n"}]]],"q":[["/m","post"],["/m","post",{"to":"x"}]]}]],"b":["pg","mem"]}`
  const read = decodeRecord(new TextEncoder().encode(text), states)
  expect(read).toEqual({
    kind: 'transactions',
    client: CLIENT,
    name: undefined,
    number: 12,
    s: 345,
    h: H,
    transactions: [
      {
        id: 0,
        label: undefined,
        reads: [],
        writes: [
          {
            state: states.of('/x'),
            version: '',
            marked: false,
            home: 'pg',
            existence: 0,
            exists: true,
            data: undefined,
          },
          {
            state: states.of('/y'),
            version: '',
            marked: false,
            home: 'mem',
            existence: 1,
            exists: true,
            data: { a: [1, null] },
          },
          { state: states.of('/z'), version: '', marked: false, home: 'pg', existence: 0, exists: true, data: 'z' },
        ],
        ranges: [],
        grants: [],
        operations: [
          {
            state: states.of('/s'),
            home: 'pg',
            existed: true,
            initial: 0,
            attested: 5,
            steps: [
              { name: 'add', version: 0, argument: [-1, 0, null] },
              { name: 'max', version: 0, argument: 2 },
            ],
          },
          {
            state: states.of('/l'),
            home: 'mem',
            existed: false,
            initial: [],
            attested: null,
            steps: [
              { name: 'append', version: 0, argument: ['a'] },
              { name: 'shop/sort', version: 3, argument: { by: 'n' } },
            ],
          },
        ],
        sends: [
          { agent: '/m', action: 'post', argument: undefined },
          { agent: '/m', action: 'post', argument: { to: 'x' } },
        ],
      },
    ],
  })
})

test('a filler is empty', () => {
  expect(decodeRecord(new Uint8Array(), new RefStates())).toEqual({ kind: 'noop' })
})
