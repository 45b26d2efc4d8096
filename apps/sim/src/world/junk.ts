import type { Random } from '@avout/core/testing'

const TEXTS: readonly string[] = [
  'not JSON',
  '{"f":1,"c":"AAAAAAAAAAAAAAAAAAAAAA","n":1,"s":0,"h":"","b":[],"t":[',
  'null',
  '[]',
  '{}',
  '{"f":0}',
  '{"f":1}',
  '{"f":1,"c":"AAAAAAAAAAAAAAAAAAAAAA","n":1,"s":0,"h":"","b":[],"t":[[1,[],[["/lists/0",7,"",1,[666]]]]]}',
  '{"f":1,"c":"AAAAAAAAAAAAAAAAAAAAAA","n":1,"s":0,"h":"","b":["log"],"t":[[1,["/lists/0"],[]]]}',
  '{"f":1,"c":"AAAAAAAAAAAAAAAAAAAAAA","n":1,"s":0,"h":"wrong","b":["log"],"t":[[1,[],[["/lists/0",0,"",1,[666]]]]]}',
  '{"__proto__":{"f":1},"f":1,"c":"AAAAAAAAAAAAAAAAAAAAAA","n":-1,"s":0,"h":"","b":[],"t":[]}',
  '{"f":1,"k":"realm","window":0,"inlineLimit":-1}',
]

/** Bytes that are no record of ours, or one that no client may count: all must refuse them alike. */
export function junk(random: Random): Uint8Array {
  if (random.chance(0.1)) return new Uint8Array([0xff, 0xfe, 0])
  if (random.chance(0.1)) return new TextEncoder().encode(`${'['.repeat(50_000)}${']'.repeat(50_000)}`)
  return new TextEncoder().encode(random.pick(TEXTS))
}
