import { blockHash, sha256, signerBitmap, utf8Bytes, validatorSetHash, votePayload } from '../../codec/index.ts'
import type { BlockHeader, CommitCertificate, ValidatorSet } from '../../codec/index.ts'
import { createSigner } from '../../crypto/index.ts'
import type { Signer } from '../../crypto/index.ts'
import type { LightBlock, LightSource } from '../types.ts'

/** Validators with their keys, for building chains that really verify. */
export interface Committee {
  readonly set: ValidatorSet
  /** In the order of the set. */
  readonly signers: readonly Signer[]
}

export const WORLD = `test.${'ab'.repeat(32)}`

const signers = new Map<string, Signer>()

/** The signer of a name; the same name always has the same key. */
export function signerOf(name: string): Signer {
  let signer = signers.get(name)
  if (signer === undefined) {
    signer = createSigner(sha256(utf8Bytes(`key of ${name}`)))
    signers.set(name, signer)
  }
  return signer
}

/** A committee from names to stakes. */
export function committee(stakes: Readonly<Record<string, number>>): Committee {
  const names = Object.keys(stakes).toSorted()
  return {
    set: names.map((validator_id) => ({ validator_id, public_key: signerOf(validator_id).publicKey, stake: stakes[validator_id]! })),
    signers: names.map(signerOf),
  }
}

export function equalCommittee(size: number, prefix = 'v'): Committee {
  return committee(Object.fromEntries(Array.from({ length: size }, (_, i) => [`${prefix}-${String(i).padStart(4, '0')}`, 10])))
}

export function makeHeader(fields: Partial<BlockHeader> & Pick<BlockHeader, 'height' | 'validators_hash' | 'next_validators_hash'>): BlockHeader {
  const root = sha256(utf8Bytes(`roots of ${fields.height}`))
  return {
    world_id: WORLD, round: 0, time: 1_000_000 + fields.height * 1000, parent_hash: root, last_commit_hash: root, action_root: root,
    state_root: root, receipts_root: root, events_root: root, proposer: 'v-0000', writer_epoch: 1, ...fields,
  }
}

/** A certificate really signed by the validators at `positions` (all by default). */
export async function certify(header: BlockHeader, { set, signers }: Committee, positions = set.map((_, i) => i), round = header.round): Promise<CommitCertificate> {
  const block_hash = blockHash(header)
  const payload = votePayload({ world_id: header.world_id, type: 'precommit', height: header.height, round, block_hash })
  return {
    height: header.height, round, block_hash,
    signers: signerBitmap(positions, set.length),
    signatures: await Promise.all(positions.map((position) => signers[position]!.sign(payload))),
  }
}

export async function makeLightBlock(header: BlockHeader, members: Committee, positions?: readonly number[]): Promise<LightBlock> {
  return { header, certificate: await certify(header, members, positions === undefined ? undefined : [...positions]), validators: members.set }
}

export interface ChainOptions {
  readonly length: number
  /** The committee of a height, from 1 to length + 1. */
  readonly committeeAt: (height: number) => Committee
  /** A chain to branch off from, and the last height they share. */
  readonly forkOf?: { readonly chain: readonly LightBlock[]; readonly at: number }
  readonly change?: (header: BlockHeader) => BlockHeader
}

/** A chain of properly linked, properly signed light blocks; index 0 is height 1. */
export async function makeChain({ length, committeeAt, forkOf, change = (header) => header }: ChainOptions): Promise<LightBlock[]> {
  const chain: LightBlock[] = forkOf === undefined ? [] : forkOf.chain.slice(0, forkOf.at)
  for (let height = chain.length + 1; height <= length; height++) {
    const members = committeeAt(height)
    const parent = chain.at(-1)
    const header = makeHeader({
      height,
      validators_hash: validatorSetHash(members.set),
      next_validators_hash: validatorSetHash(committeeAt(height + 1).set),
      ...(parent === undefined ? {} : { parent_hash: blockHash(parent.header) }),
    })
    chain.push(await makeLightBlock(change(header), members))
  }
  return chain
}

/** A source over a chain that notes what it was asked. */
export function sourceOf(chain: readonly LightBlock[]): LightSource & { readonly asked: (number | null)[] } {
  const asked: (number | null)[] = []
  return {
    asked,
    lightBlock: async (height) => {
      asked.push(height)
      return (height === null ? chain.at(-1) : chain[height - 1]) ?? null
    },
  }
}
