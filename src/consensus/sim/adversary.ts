import { blockHash, certificateHash } from '../../codec/index.ts'
import type { Block, Commit, Proposal, Vote } from '../../codec/index.ts'
import type { ConsensusSigner } from '../runner-types.ts'
import type { UnsignedProposal, UnsignedVote } from '../types.ts'
import { keyOf } from '../vote-tally.ts'
import { assembleBlock, contextAfter, randomActions, stateRootOf } from './application.ts'
import type { SimWorld } from './application.ts'
import type { Message, SimNetwork } from './network.ts'
import type { SimNode } from './node.ts'
import type { Observer } from './observer.ts'
import type { Prng } from './prng.ts'

/**
 * What a Byzantine validator does, beside following the chain:
 * - `silent` says nothing;
 * - `split` tells one half of the peers one thing and the other half another, in proposals and votes, together with its accomplices;
 * - `amnesiac` votes for every block it hears of, in both steps, whatever it voted or locked before, sometimes to a few peers only;
 * - `invalid` proposes blocks that break some rule, and votes for them;
 * - `noise` sends stale and far-future votes, votes for invented blocks, and votes in others' names.
 */
export const STRATEGIES = ['silent', 'split', 'amnesiac', 'invalid', 'noise'] as const
export type Strategy = (typeof STRATEGIES)[number]

/** What accomplices know together: the blocks proposed at each height and round, in the order heard of. */
export class Coalition {
  readonly #blocks = new Map<string, Map<string, Uint8Array>>()

  learn(height: number, round: number, block_hash: Uint8Array): void {
    const at = `${height}/${round}`
    const known = this.#blocks.get(at) ?? new Map<string, Uint8Array>()
    this.#blocks.set(at, known.set(keyOf(block_hash), block_hash))
  }

  blocksAt(height: number, round: number): readonly Uint8Array[] {
    return [...(this.#blocks.get(`${height}/${round}`)?.values() ?? [])]
  }

  /** Which half of the split a peer belongs to at a height and round; all accomplices agree on it. */
  sideOf(peer: number, height: number, round: number): number {
    return ((peer + 1) * 2654435761 + height * 40503 + round * 9973) >>> 13 & 1
  }
}

interface AdversaryParts {
  readonly node: SimNode
  readonly signer: ConsensusSigner
  readonly strategy: Strategy
  readonly coalition: Coalition
  readonly world: SimWorld
  readonly network: SimNetwork
  readonly observer: Observer
  readonly prng: Prng
  readonly nodes: number
}

/** Drives one Byzantine validator: its node follows the chain by the real runner, and everything it says goes through here. */
export class Adversary {
  readonly #parts: AdversaryParts

  constructor(parts: AdversaryParts) {
    this.#parts = parts
    parts.node.outbox = { vote: (vote) => void this.#onOwnVote(vote), proposal: (proposal) => void this.#onOwnProposal(proposal) }
  }

  /** Sees what the node receives; may answer in its place. True when the node must not see it. */
  intercept(from: number, message: Message): boolean {
    const { strategy, node, network, prng, coalition } = this.#parts
    if (message.kind === 'proposal') {
      const { height, round, block } = message.proposal
      coalition.learn(height, round, blockHash(block.header))
      if (strategy === 'amnesiac') void this.#voteForEverything(height, round)
    }
    if (message.kind === 'fetch_commit' && strategy === 'invalid') {
      const commit = node.disk.commits[message.height - 1]
      if (commit !== undefined) network.send(node.index, from, { kind: 'commit', commit: corruptCommit(commit, prng) })
      return true
    }
    if (message.kind === 'fetch_block' && strategy === 'noise') {
      const block = node.disk.commits.at(-1)?.block
      if (block !== undefined) network.send(node.index, from, { kind: 'block', block })
      return true
    }
    return strategy === 'silent' && (message.kind === 'fetch_commit' || message.kind === 'fetch_block')
  }

  #peers(): number[] {
    const { node, nodes } = this.#parts
    return Array.from({ length: nodes }, (_, index) => index).filter((index) => index !== node.index)
  }

  async #sign(vote: Omit<UnsignedVote, 'world_id' | 'validator_id'>): Promise<Vote> {
    const { signer, world, observer } = this.#parts
    const unsigned: UnsignedVote = { ...vote, world_id: world.world_id, validator_id: signer.validator_id }
    observer.onVoteSigned(unsigned)
    return { ...unsigned, signature: await signer.signVote(unsigned) }
  }

  async #onOwnVote(vote: Vote): Promise<void> {
    const { strategy, network, node, coalition, prng } = this.#parts
    if (strategy === 'silent') return
    if (strategy === 'noise') await this.#makeNoise(vote)
    if (strategy !== 'split') return network.broadcast(node.index, { kind: 'vote', vote })
    const { type, height, round } = vote
    const blocks = coalition.blocksAt(height, round)
    const faces = [blocks[0] ?? vote.block_hash, blocks[1] ?? (prng.chance(700) ? null : prng.bytes(32))]
    const signed = await Promise.all(faces.map((block_hash) => this.#sign({ type, height, round, block_hash })))
    for (const peer of this.#peers()) network.send(node.index, peer, { kind: 'vote', vote: signed[coalition.sideOf(peer, height, round)]! })
  }

  async #voteForEverything(height: number, round: number): Promise<void> {
    const { coalition, network, node, prng } = this.#parts
    for (const block_hash of coalition.blocksAt(height, round)) {
      for (const type of ['prevote', 'precommit'] as const) {
        const vote = await this.#sign({ type, height, round, block_hash })
        const few = prng.chance(300)
        for (const peer of this.#peers()) if (!few || prng.chance(350)) network.send(node.index, peer, { kind: 'vote', vote })
      }
    }
  }

  async #makeNoise(vote: Vote): Promise<void> {
    const { network, node, prng, world } = this.#parts
    const { type, height, round } = vote
    const strange = [
      { type, height, round: round + prng.between(1, 40), block_hash: null },
      { type, height: height + prng.between(1, 3), round: prng.between(0, 3), block_hash: prng.bytes(32) },
      { type, height: Math.max(1, height - 1), round, block_hash: prng.bytes(32) },
      { type, height, round, block_hash: prng.bytes(32) },
    ]
    for (const entry of strange) {
      if (prng.chance(600)) network.send(node.index, prng.pick(this.#peers()), { kind: 'vote', vote: await this.#sign(entry) })
    }
    const victim = prng.pick(world.validatorsAt(height))
    const forged: Vote = { ...vote, validator_id: victim.validator_id, block_hash: prng.bytes(32) }
    network.broadcast(node.index, { kind: 'vote', vote: forged })
  }

  async #onOwnProposal(proposal: Proposal): Promise<void> {
    const { strategy, network, node, coalition } = this.#parts
    if (strategy === 'silent') return
    const { height, round } = proposal
    if (strategy === 'split' && proposal.valid_round < 0) {
      const twin = await this.#signProposal({ ...proposal, block: this.#twinOf(proposal.block) })
      for (const { block } of [proposal, twin]) coalition.learn(height, round, blockHash(block.header))
      for (const peer of this.#peers()) {
        network.send(node.index, peer, { kind: 'proposal', proposal: coalition.sideOf(peer, height, round) === 0 ? proposal : twin })
      }
      return
    }
    if (strategy === 'invalid') {
      const bad = await this.#signProposal(this.#spoil(proposal))
      const block_hash = blockHash(bad.block.header)
      network.broadcast(node.index, { kind: 'proposal', proposal: bad })
      for (const type of ['prevote', 'precommit'] as const) {
        network.broadcast(node.index, { kind: 'vote', vote: await this.#sign({ type, height, round, block_hash }) })
      }
      return
    }
    network.broadcast(node.index, { kind: 'proposal', proposal })
  }

  async #signProposal(proposal: UnsignedProposal): Promise<Proposal> {
    return { ...proposal, signature: await this.#parts.signer.signProposal(proposal, blockHash(proposal.block.header)) }
  }

  /** Another valid block for the same round. */
  #twinOf(block: Block): Block {
    const { world, node, prng } = this.#parts
    const commits = node.disk.commits.slice(0, block.header.height - 1)
    const request = { context: contextAfter(world, commits), round: block.header.round, proposer: block.header.proposer, time: block.header.time }
    return assembleBlock(world, request, stateRootOf(commits), [...randomActions(prng), ...randomActions(prng)])
  }

  #spoil(proposal: Proposal): UnsignedProposal {
    const { prng } = this.#parts
    const { block } = proposal
    const { header } = block
    switch (prng.between(0, 7)) {
      case 0: return { ...proposal, block: { ...block, header: { ...header, state_root: prng.bytes(32) } } }
      case 1: return { ...proposal, block: { ...block, header: { ...header, parent_hash: prng.bytes(32) } } }
      case 2: return { ...proposal, block: { ...block, header: { ...header, time: header.time + 3_600_000 } } }
      case 3: return { ...proposal, block: { ...block, header: { ...header, time: 0 } } }
      case 4: return { ...proposal, block: { ...block, actions: randomActions(prng) } }
      case 5: return { ...proposal, block: { ...block, header: { ...header, round: header.round + 1 } } }
      case 6: return { ...proposal, valid_round: proposal.round - 1 }
      default: return { ...proposal, block: this.#withForgedParentCertificate(block) }
    }
  }

  #withForgedParentCertificate(block: Block): Block {
    const { prng } = this.#parts
    const certificate = block.last_commit
    if (certificate === null) return { ...block, header: { ...block.header, validators_hash: prng.bytes(32) } }
    const last_commit = { ...certificate, signatures: certificate.signatures.map(() => prng.bytes(64)) }
    return { ...block, last_commit, header: { ...block.header, last_commit_hash: certificateHash(last_commit) } }
  }
}

function corruptCommit(commit: Commit, prng: Prng): Commit {
  const { block, certificate } = commit
  switch (prng.between(0, 3)) {
    case 0: return { block, certificate: { ...certificate, signatures: certificate.signatures.map(() => prng.bytes(64)) } }
    case 1: return { block, certificate: { ...certificate, signers: new Uint8Array(certificate.signers.length), signatures: [] } }
    case 2: return { block: { ...block, actions: randomActions(prng) }, certificate }
    default: return { block: { ...block, header: { ...block.header, state_root: prng.bytes(32) } }, certificate: { ...certificate, block_hash: prng.bytes(32) } }
  }
}

