import { describe, expect, it } from 'vitest'
import { encodeConsensusAction, encodeVote, sha256, toConsensusAction, utf8Bytes } from '../codec/index.ts'
import type { Consensus, MessageVerdict } from '../consensus/index.ts'
import type { Gossip, GossipHandler, GossipKind } from '../network/index.ts'
import { ExecutorError } from './executor/guard.ts'
import { receiveGossip } from './gossip.ts'
import { Mempool, MempoolError } from './mempool.ts'
import { signedAction } from './testing/test-world.ts'

const world_id = `test.${'0'.repeat(64)}`
const seed = sha256(utf8Bytes('agent'))

function setup({ verdict = 'accepted' as MessageVerdict, check = async (): Promise<null> => null as null, behind = false } = {}) {
  const handlers = new Map<GossipKind, GossipHandler>()
  const gossip = { subscribe: (kind: GossipKind, handler: GossipHandler) => void handlers.set(kind, handler) } as unknown as Gossip
  const consensus = { receiveVote: async () => verdict, receiveProposal: async () => verdict } as unknown as Consensus
  receiveGossip({
    gossip, world_id, consensus: () => consensus, isBehind: () => behind, onCommit: async () => 'accept',
    mempool: new Mempool({ check: async (actions) => Promise.all(actions.map(check)) }),
  })
  return (kind: GossipKind, bytes: Uint8Array) => handlers.get(kind)!(bytes, 'peer')
}

const vote = (world = world_id): Uint8Array =>
  encodeVote({ world_id: world, height: 1, round: 0, type: 'prevote', validator_id: 'v1', block_hash: null, signature: new Uint8Array(64) })
const action = encodeConsensusAction(toConsensusAction(signedAction(world_id, seed, 1, { kind: 'query_observation' })))

describe('what gossip brings', () => {
  it('is refused when it does not decode, whatever it was meant to be', async () => {
    const receive = setup()
    for (const kind of ['votes', 'proposals', 'actions', 'commits'] as const) {
      for (const bytes of [new Uint8Array(), new Uint8Array([0xff]), new Uint8Array([0xa0]), vote().slice(0, -1), new Uint8Array(1 << 16)]) {
        expect(await receive(kind, bytes)).toMatchObject({ reject: 'BAD_MESSAGE' })
      }
    }
  })

  it('is refused when it is of another world', async () => {
    expect(await setup()('votes', vote(`other.${'0'.repeat(64)}`))).toEqual({ reject: 'WRONG_WORLD' })
  })

  const verdicts: [MessageVerdict, unknown][] = [
    ['accepted', 'accept'], ['buffered', 'accept'], ['duplicate', 'accept'],
    ['stale', 'ignore'], ['future_height', 'ignore'], ['stopped', 'ignore'], ['unknown_validator', 'ignore'],
    ['bad_signature', { reject: 'BAD_SIGNATURE' }], ['wrong_world', { reject: 'WRONG_WORLD' }],
    ['not_proposer', { reject: 'BAD_MESSAGE', detail: 'not_proposer' }], ['bad_body', { reject: 'BAD_MESSAGE', detail: 'bad_body' }],
  ]
  for (const [verdict, expected] of verdicts) {
    it(`passes on what consensus says: ${verdict}`, async () => {
      expect(await setup({ verdict })('votes', vote())).toEqual(expected)
    })
  }

  it('takes an action once and passes it on once', async () => {
    const receive = setup()
    expect(await receive('actions', action)).toBe('accept')
    expect(await receive('actions', action)).toBe('ignore')
  })

  it('blames nobody for an action it cannot check: behind, or without an executor', async () => {
    expect(await setup({ behind: true })('actions', action)).toBe('ignore')
    const lost = async (): Promise<null> => { throw new ExecutorError('EXECUTOR_LOST', 'gone') }
    expect(await setup({ check: lost })('actions', action)).toBe('ignore')
  })

  it('blames for forged actions, not for those that came late', async () => {
    const failing = (code: string) => setup({ check: async () => { throw new MempoolError(code, '') } })
    expect(await failing('BAD_SIGNATURE')('actions', action)).toMatchObject({ reject: 'BAD_SIGNATURE' })
    expect(await failing('UNKNOWN_KIND')('actions', action)).toMatchObject({ reject: 'BAD_MESSAGE' })
    expect(await failing('WRONG_WORLD')('actions', action)).toEqual({ reject: 'WRONG_WORLD' })
    for (const late of ['BAD_NONCE', 'EXPIRED', 'MEMPOOL_FULL', 'MEMPOOL_BUSY', 'UNKNOWN_ACTOR']) expect(await failing(late)('actions', action)).toBe('ignore')
  })
})
