import type { PlantedBug } from '../planted-bug.js'

/** Section 8, sends: valid ones alone, each applied once. */
export const AGENTS: readonly PlantedBug[] = [
  {
    name: 'sends-of-invalid-transactions',
    rule: '§8: handlers see only valid sends',
    invariant: 2,
    file: 'replay/replica.ts',
    find: '      if (conflict === undefined) this.commit(record, transaction, i, n, own !== undefined)\n',
    replace: `      if (conflict === undefined) this.commit(record, transaction, i, n, own !== undefined)
      else this.sends.enter(versionPrefix(record.client, record.number) + i, transaction.sends)\n`,
    profile: 'agents',
    seed: 1,
    budget: 200,
  },
  {
    name: 'the-cursor-is-not-looked-at',
    rule: '§8: state change and cursor move in one transaction',
    invariant: 2,
    file: 'agent/applying.ts',
    find: 'if ((await tx.get(refs.cursor)) !== send.sequence - 1) return false',
    replace: 'await tx.get(refs.cursor)',
    profile: 'agents',
    seed: 1,
    budget: 500,
  },
  {
    name: 'a-send-alone-is-no-commit',
    rule: '§8: sends travel in records',
    invariant: 2,
    file: 'transaction/commit.ts',
    find: 'if (buffer.writes.size === 0 && scope.sends.length === 0) return',
    replace: 'if (buffer.writes.size === 0) return',
    profile: 'agents',
    seed: 1,
    budget: 50,
  },
  {
    name: 'sends-of-inner-bodies-that-threw',
    rule: '§8: a send is lost with an abort',
    invariant: 2,
    file: 'transaction/scope.ts',
    find: '    this.sends = [...this.sends, makeSend(',
    replace:
      '    if (this.outer !== undefined) return this.outer.send(agent, action, argument)\n    this.sends = [...this.sends, makeSend(',
    profile: 'agents',
    seed: 1,
    budget: 50,
  },
  {
    name: 'a-queue-that-forgets-the-next',
    rule: '§8: what is done is forgotten, nothing else',
    invariant: 2,
    file: 'replay/sends.ts',
    find: '?? Number.POSITIVE_INFINITY) <= data) this.first++',
    replace: '?? Number.POSITIVE_INFINITY) <= data + 1) this.first++',
    profile: 'agents',
    seed: 1,
    budget: 50,
  },
]
