import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  CodecError,
  MAX_ACTION_BYTES,
  MAX_BLOCK_ACTIONS,
  MAX_BLOCK_BYTES,
  actionPayload,
  agentIdOf,
  blockHash,
  computeConsensusActionRoot,
  decodeActionEnvelope,
  decodeBlock,
  decodeCommit,
  decodeConsensusAction,
  decodeHeader,
  decodeProposal,
  decodeVote,
  duplicateVoteEvidenceSchema,
  decodeWith,
  encodeActionEnvelope,
  encodeBlock,
  encodeCanonical,
  encodeCommit,
  encodeConsensusAction,
  encodeHeader,
  encodeProposal,
  encodeVote,
  equalBytes,
  isConsistentAction,
  merkleProof,
  proposalPayload,
  sha256,
  toConsensusAction,
  toHex,
  verifyMerkleProof,
  votePayload,
  worldId,
} from './index.ts'
import type { ActionEnvelope, Block, BlockHeader, Commit, Proposal, Value, Vote } from './index.ts'

const WORLD = worldId('test', { seed: 1 })
const OTHER_WORLD = worldId('test', { seed: 2 })
const hash = (n: number): Uint8Array => new Uint8Array(32).fill(n)
const signature = new Uint8Array(64).fill(9)
const AGENT = agentIdOf(hash(1))

const envelope: ActionEnvelope = {
  world_id: WORLD,
  actor: AGENT,
  nonce: 1,
  valid_until_height: 100,
  action: { kind: 'transfer', to: agentIdOf(hash(2)), amount: 5 },
  signature,
}
const action = toConsensusAction(encodeActionEnvelope(envelope))
const header: BlockHeader = {
  world_id: WORLD,
  height: 2,
  round: 0,
  time: 1_800_000_000_000,
  parent_hash: hash(1),
  last_commit_hash: hash(2),
  action_root: computeConsensusActionRoot([action]),
  state_root: hash(3),
  receipts_root: hash(4),
  events_root: hash(5),
  validators_hash: hash(6),
  next_validators_hash: hash(7),
  proposer: 'v1',
  writer_epoch: 1,
}
const certificate = { height: 1, round: 0, block_hash: hash(1), signers: Uint8Array.of(7), signatures: [signature, signature, signature] }
const block: Block = { header, actions: [action], last_commit: certificate }
const commit: Commit = { block, certificate: { ...certificate, height: 2 } }
const vote: Vote = { world_id: WORLD, type: 'prevote', height: 2, round: 0, block_hash: hash(8), validator_id: 'v1', signature }
const proposal: Proposal = { world_id: WORLD, height: 2, round: 1, valid_round: -1, block, validator_id: 'v1', signature }

/** Every kind of message a peer can send, with its strict decoder. */
const MESSAGES: Record<string, { readonly value: object; readonly encode: (value: never) => Uint8Array; readonly decode: (bytes: Uint8Array) => unknown }> = {
  'action envelope': { value: envelope, encode: encodeActionEnvelope, decode: decodeActionEnvelope },
  'consensus action': { value: action, encode: encodeConsensusAction, decode: decodeConsensusAction },
  header: { value: header, encode: encodeHeader, decode: decodeHeader },
  block: { value: block, encode: encodeBlock, decode: decodeBlock },
  commit: { value: commit, encode: encodeCommit, decode: decodeCommit },
  vote: { value: vote, encode: encodeVote, decode: decodeVote },
  'nil vote': { value: { ...vote, block_hash: null }, encode: encodeVote, decode: decodeVote },
  proposal: { value: proposal, encode: encodeProposal, decode: decodeProposal },
}

const mismatch = expect.objectContaining({ code: 'SCHEMA_MISMATCH' })

describe.each(Object.entries(MESSAGES))('%s', (_name, { value, encode, decode }) => {
  const encoded = encode(value as never)

  it('survives the wire, byte for byte', () => {
    expect(decode(encoded)).toEqual(value)
    expect(toHex(encode(decode(encoded) as never))).toBe(toHex(encoded))
  })

  it('is refused without any one of its fields, or with one more', () => {
    for (const name of Object.keys(value)) {
      const without = Object.fromEntries(Object.entries(value).filter(([key]) => key !== name)) as Value
      expect(() => decode(encodeCanonical(without)), `without ${name}`).toThrow(mismatch)
      expect(() => decode(encodeCanonical({ ...value, [name]: true })), `${name} as true`).toThrow(CodecError)
    }
    expect(() => decode(encodeCanonical({ ...value, unsigned_note: 1 }))).toThrow(mismatch)
  })

  it('is refused when cut anywhere, or followed by anything', () => {
    for (let length = 0; length < encoded.length; length += Math.ceil(encoded.length / 50)) {
      expect(() => decode(encoded.subarray(0, length))).toThrow(CodecError)
    }
    expect(() => decode(Uint8Array.of(...encoded, 0))).toThrow(expect.objectContaining({ code: 'CBOR_TRAILING_BYTES' }))
  })

  it('with any byte changed is refused with a typed error or is another message', () => {
    fc.assert(
      fc.property(fc.nat({ max: encoded.length - 1 }), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const tampered = encoded.slice()
        tampered[at]! ^= change
        try {
          expect(toHex(encode(decode(tampered) as never))).toBe(toHex(tampered))
        } catch (error) {
          if (!(error instanceof CodecError)) throw error
        }
      }),
      { numRuns: 200 },
    )
  })
})

describe('sizes', () => {
  const tooLarge = expect.objectContaining({ code: 'CBOR_TOO_LARGE' })

  it('are bounded per kind before anything is scanned', () => {
    expect(() => decodeActionEnvelope(new Uint8Array(MAX_ACTION_BYTES + 1))).toThrow(tooLarge)
    expect(() => decodeBlock(new Uint8Array(MAX_BLOCK_BYTES + 1))).toThrow(tooLarge)
    expect(() => decodeCommit(new Uint8Array(MAX_BLOCK_BYTES * 2))).toThrow(tooLarge)
    expect(() => decodeProposal(new Uint8Array(MAX_BLOCK_BYTES * 2))).toThrow(tooLarge)
    expect(() => decodeVote(new Uint8Array(5000))).toThrow(tooLarge)
  })

  it('leave room for the largest vote and for a full block in a commit and a proposal', () => {
    const largest: Vote = { ...vote, world_id: worldId('w'.repeat(32), 0), type: 'precommit', height: Number.MAX_SAFE_INTEGER, round: 1_000_000, validator_id: 'v'.repeat(64) }
    expect(decodeVote(encodeVote(largest))).toEqual(largest)
    const payload = new Uint8Array(MAX_ACTION_BYTES)
    const room = Math.floor(MAX_BLOCK_BYTES / (MAX_ACTION_BYTES + 300))
    const full: Block = {
      header,
      actions: Array.from({ length: room }, (_, i) => toConsensusAction(payload.slice().fill(i))),
      last_commit: { ...certificate, signers: new Uint8Array(125), signatures: Array.from({ length: 1000 }, () => signature) },
    }
    while (encodeBlock(full).length > MAX_BLOCK_BYTES) (full.actions as unknown[]).pop()
    expect(decodeBlock(encodeBlock(full)).actions.length).toBeGreaterThan(25)
    expect(decodeCommit(encodeCommit({ block: full, certificate: full.last_commit! })).block.actions.length).toBe(full.actions.length)
    expect(decodeProposal(encodeProposal({ ...proposal, block: full })).block.actions.length).toBe(full.actions.length)
  })

  it('bound the actions of a block', () => {
    const many = Array.from({ length: MAX_BLOCK_ACTIONS + 1 }, () => action)
    const small = { action_id: action.action_id, payload_cbor: new Uint8Array(0), payload_hash: hash(0) }
    expect(() => decodeBlock(encodeBlock({ ...block, actions: many.map(() => small) }))).toThrow(mismatch)
  })
})

describe('actions', () => {
  it('are named by the hash of their envelope, which nobody chooses', () => {
    expect(action.action_id).toBe(toHex(sha256(encodeActionEnvelope(envelope))))
    expect(isConsistentAction(action)).toBe(true)
    expect(isConsistentAction({ ...action, action_id: toHex(hash(1)) })).toBe(false)
    expect(isConsistentAction({ ...action, payload_hash: hash(1) })).toBe(false)
    expect(isConsistentAction({ ...action, payload_cbor: Uint8Array.of(...action.payload_cbor, 0) })).toBe(false)
    expect(isConsistentAction({ ...action, action_id: action.action_id.toUpperCase() })).toBe(false)
  })

  it('are proven to stand at their place in a block', () => {
    const list = [1, 2, 3, 4, 5].map((nonce) => toConsensusAction(encodeActionEnvelope({ ...envelope, nonce })))
    const root = computeConsensusActionRoot(list)
    const proof = merkleProof(list.map(({ payload_hash }) => payload_hash), 3)
    expect(verifyMerkleProof(root, list[3]!.payload_hash, proof)).toBe(true)
    expect(verifyMerkleProof(root, list[2]!.payload_hash, proof)).toBe(false)
    expect(equalBytes(computeConsensusActionRoot(list.toReversed()), root)).toBe(false)
  })

  it.each<[string, object]>([
    ['nonce 0', { nonce: 0 }],
    ['a negative nonce', { nonce: -1 }],
    ['an expiry at height 0', { valid_until_height: 0 }],
    ['an actor in capitals', { actor: AGENT.toUpperCase() }],
    ['an actor of another kind', { actor: 'admin/root' }],
    ['an actor with a short id', { actor: 'agent/1234' }],
    ['an actor with a newline', { actor: `${AGENT}\n` }],
    ['a world without its genesis hash', { world_id: 'test' }],
    ['an action without kind', { action: { to: 'x' } }],
    ['an action with a kind that is no text', { action: { kind: 1 } }],
    ['an action with a long kind', { action: { kind: 'k'.repeat(65) } }],
    ['an action that is a list', { action: ['transfer'] }],
    ['an action that is null', { action: null }],
    ['an action that is bytes', { action: new Uint8Array(3) }],
    ['a short signature', { signature: new Uint8Array(63) }],
  ])('are refused with %s', (_what, change) => {
    expect(() => decodeActionEnvelope(encodeCanonical({ ...envelope, ...change } as unknown as Value))).toThrow(mismatch)
  })

  it('may come from validators', () => {
    expect(decodeActionEnvelope(encodeActionEnvelope({ ...envelope, actor: 'validator/v-1' })).actor).toBe('validator/v-1')
  })
})

describe('what is signed', () => {
  it('differs in every field, and between kinds, worlds and the envelope that carries it', () => {
    const payloads = [
      actionPayload(envelope),
      actionPayload({ ...envelope, world_id: OTHER_WORLD }),
      actionPayload({ ...envelope, actor: agentIdOf(hash(3)) }),
      actionPayload({ ...envelope, nonce: 2 }),
      actionPayload({ ...envelope, valid_until_height: 101 }),
      actionPayload({ ...envelope, action: { kind: 'transfer', amount: 6 } }),
      votePayload(vote),
      votePayload({ ...vote, world_id: OTHER_WORLD }),
      votePayload({ ...vote, type: 'precommit' }),
      votePayload({ ...vote, height: 3 }),
      votePayload({ ...vote, round: 1 }),
      votePayload({ ...vote, block_hash: hash(9) }),
      votePayload({ ...vote, block_hash: null }),
      proposalPayload(proposal, blockHash(header)),
      proposalPayload({ ...proposal, world_id: OTHER_WORLD }, blockHash(header)),
      proposalPayload({ ...proposal, height: 3 }, blockHash(header)),
      proposalPayload({ ...proposal, round: 2 }, blockHash(header)),
      proposalPayload({ ...proposal, valid_round: 0 }, blockHash(header)),
      proposalPayload(proposal, hash(1)),
      encodeVote(vote),
      encodeActionEnvelope(envelope),
      encodeHeader(header),
    ]
    expect(new Set(payloads.map(toHex)).size).toBe(payloads.length)
  })

  it('is the same for every signer of a block, so a certificate needs no list of payloads', () => {
    expect(equalBytes(votePayload(vote), votePayload({ ...vote, validator_id: 'v2', signature: hash(1) } as Vote))).toBe(true)
  })

  it('is a canonical list that begins with its domain and its world', () => {
    expect(toHex(votePayload({ ...vote, block_hash: null }))).toBe(toHex(encodeCanonical(['agent-world/vote/v1', WORLD, 'prevote', 2, 0, null])))
    expect(toHex(actionPayload(envelope))).toBe(toHex(encodeCanonical(['agent-world/action/v1', WORLD, AGENT, 1, 100, envelope.action])))
  })
})

describe('the block hash', () => {
  it('changes with every field of the header', () => {
    const hashes = Object.entries(header).map(([name, value]) => {
      const changed = typeof value === 'number' ? value + 1 : typeof value === 'string' ? (name === 'world_id' ? OTHER_WORLD : `${value}x`) : hash(99)
      return toHex(blockHash({ ...header, [name]: changed }))
    })
    expect(new Set([toHex(blockHash(header)), ...hashes]).size).toBe(Object.keys(header).length + 1)
  })

  it('is not the hash of the header alone: the domain is in it', () => {
    expect(equalBytes(blockHash(header), sha256(encodeHeader(header)))).toBe(false)
  })
})

describe('evidence', () => {
  it('carries two votes whole', () => {
    const evidence = { first: vote, second: { ...vote, block_hash: null } }
    expect(decodeWith(duplicateVoteEvidenceSchema, encodeCanonical(evidence))).toEqual(evidence)
  })
})
