import { expect, it } from 'vitest'
import { codeOf, judge, toAvoutError } from '../src/errors.js'

const reply = (message: string) =>
  Object.assign(new Error(message), { name: 'ReplyError', command: { args: ['secret'] } })

it('finds the code of an answer, also where an old server wraps it', () => {
  const script = 'ERR Error running script (call to f_0a1b): @user_script:12: @user_script: 12: '
  const codes = [
    ["READONLY You can't write against a read only replica. script: 0a1b, on @user_script:3.", 'READONLY'],
    [`${script}-READONLY You can't write against a read only replica.`, 'READONLY'],
    [`${script}-OOM command not allowed when used memory > 'maxmemory'.`, 'OOM'],
    [`${script}WRONGTYPE Operation against a key holding the wrong kind of value`, 'WRONGTYPE'],
    ['ERR unknown command', 'ERR'],
  ] as const
  for (const [message, code] of codes) expect(codeOf(reply(message))).toBe(code)
  expect(codeOf(new Error('READONLY by chance'))).toBeUndefined()
  expect(codeOf('text')).toBeUndefined()
})

it('tries again only what certainly was not done', () => {
  const next = [
    [new Error("Stream isn't writeable and enableOfflineQueue options is false"), 'wait'],
    [reply('LOADING Redis is loading the dataset in memory'), 'retry'],
    [reply('TRYAGAIN Multiple keys request during rehashing of slot'), 'retry'],
    [reply("READONLY You can't write"), 'reconnect'],
    [reply('MOVED 1 127.0.0.1:7001'), 'move'],
    [new Error('Command timed out'), 'abandon'],
    [new Error('Connection is closed.'), 'fail'],
    [new Error('Reached the max retries per request limit (which is 0).'), 'fail'],
    [reply('OOM command not allowed'), 'fail'],
    [reply('ERR whatever'), 'fail'],
  ] as const
  for (const [error, wanted] of next) expect(judge(error).next, error.message).toBe(wanted)
  expect(judge(reply('MOVED 1 127.0.0.1:7001'))).toMatchObject({ to: '127.0.0.1:7001' })
})

it('lets nothing of the command through', () => {
  const error = toAvoutError(reply('ERR whatever'), 'redis', 'Redis at here')
  expect(error.kind).toBe('unavailable')
  expect(error.cause).not.toHaveProperty('command')
  expect(error.message).toContain('Redis at here')
  expect(toAvoutError(error, 'x', 'y')).toBe(error)
})
