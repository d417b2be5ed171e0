import { blockHash, signerIndexes, totalStake } from '../codec/index.ts'
import { stakeOf } from './certificate.ts'
import { MAX_PROVENANCE_LINKS } from './constants.ts'
import type { LightBlock } from './types.ts'
import { seal } from './verified.ts'
import type { LinkKind, Verified, VerificationStep } from './verified.ts'

/** The part of a provenance that grows from block to block: the checkpoint and the links since. */
export interface Lineage {
  readonly checkpoint: number
  readonly links: readonly Link[]
}

type Link = Extract<VerificationStep, { readonly kind: LinkKind }>

export function startLineage(checkpoint: number): Lineage {
  return { checkpoint, links: [] }
}

/** The lineage of a block verified by the one `from` heights on; equal steps in a row become one, the oldest are merged. */
export function extendLineage(lineage: Lineage, kind: LinkKind, from: number, to: number): Lineage {
  const links = [...lineage.links]
  const last = links.at(-1)
  if (last !== undefined && last.kind === kind && last.to === from) links[links.length - 1] = { ...last, to, headers: last.headers + 1 }
  else links.push({ kind, from, to, headers: 1 })
  if (links.length > MAX_PROVENANCE_LINKS) {
    const [first, second] = links as [Link, Link]
    links.splice(0, 2, { kind: 'skipping', from: first.from, to: second.to, headers: first.headers + second.headers })
  }
  return { checkpoint: lineage.checkpoint, links }
}

/** Seals a block all of whose checks were made. `witnesses` is how many independent sources confirmed it. */
export function sealLightBlock(block: LightBlock, lineage: Lineage, witnesses: number): Verified<LightBlock> {
  const { header, certificate, validators } = block
  const steps: VerificationStep[] = [
    { kind: 'checkpoint', height: lineage.checkpoint },
    ...lineage.links,
    { kind: 'certificate', signed_stake: stakeOf(signerIndexes(certificate.signers), validators), total_stake: totalStake(validators) },
  ]
  if (witnesses > 0) steps.push({ kind: 'cross-check', witnesses })
  const { world_id, height, state_root } = header
  return seal(block, { world_id, height, block_hash: blockHash(header), state_root, steps })
}
