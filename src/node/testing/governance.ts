import { governanceCertificatePayload, sha256, toHex, utf8Bytes } from '../../codec/index.ts'
import type { GovernanceStatement, Value, ValueMap } from '../../codec/index.ts'
import { createPortableSigner, publicKeyOf } from '../../crypto/index.ts'
import { governanceSignerKey, MANIFEST_KEY, manifestHash, proposalKey, signerActor, signerSetHash } from '../../world/index.ts'
import type { GovernanceConfig, ProposalContent, ProposalRecord, WorldManifest } from '../../world/index.ts'
import type { WorldNode } from '../node.ts'
import { seedOf, signedBy } from './test-world.ts'

export const SIGNERS = ['s1', 's2', 's3'] as const
const signerSeed = (name: string): Uint8Array => seedOf(`signer ${name}`)

/** Two of three signers, two blocks of shadow, a checkpoint every ten blocks. */
export const GOVERNANCE: Partial<GovernanceConfig> = {
  signers: SIGNERS.map((signer_id) => ({ signer_id, public_key: publicKeyOf(signerSeed(signer_id)) })),
  threshold: 2,
  proposal_ttl_blocks: 500,
  shadow_blocks: 2,
  checkpoint_blocks: 10,
}

/** What a proposal may ask for; the rest is nothing. */
export type Asked = Partial<Pick<ProposalContent, 'title' | 'patch' | 'rollback'>> & { readonly deactivate?: readonly string[] }

/** Governance signers who act through a node, one action after another. */
export class Signers {
  private readonly node: WorldNode

  constructor(node: WorldNode) {
    this.node = node
  }

  async read<T>(key: string): Promise<T | null> {
    return (await this.node.record(key)) as T | null
  }

  proposal(id: string): Promise<ProposalRecord | null> {
    return this.read<ProposalRecord>(proposalKey(id))
  }

  async manifest(): Promise<WorldManifest> {
    return (await this.read<WorldManifest>(MANIFEST_KEY))!
  }

  /** Id of the action, and of the proposal once it is in a block. */
  async propose(name: string, { title = 'A change', patch = null, rollback = null, deactivate = [] }: Asked): Promise<string> {
    return this.act(name, {
      kind: 'propose', title, description: '', base_manifest_hash: manifestHash(await this.manifest()), patch: patch as Value, manifest: null, rollback: rollback as Value,
      module_changes: { register: [], upgrade: [], activate: [], deactivate: deactivate.map((module_id) => ({ module_id, reason: 'test' })) },
      salt: toHex(sha256(utf8Bytes(title))),
    })
  }

  async approve(name: string, id: string): Promise<string> {
    const [{ shadow, expires_height }, manifest] = [(await this.proposal(id))!, await this.manifest()]
    const { epoch_id, threshold } = manifest.governance
    const statement: GovernanceStatement = {
      world_id: this.node.worldId, proposal_id: id, manifest_hash: shadow!.manifest_hash, report_hash: shadow!.report_hash, consensus_height: shadow!.height,
      block_hash: shadow!.block_hash!, signer_set_hash: signerSetHash(manifest), epoch_id, required_signers: threshold, expires_height,
    }
    const signature = createPortableSigner(signerSeed(name)).signSync(governanceCertificatePayload(statement))
    return this.act(name, { kind: 'approve_proposal', proposal_id: id, signature })
  }

  /** Submits and gives the id of the action. */
  private async act(name: string, action: ValueMap & { readonly kind: string }): Promise<string> {
    const nonce = ((await this.read<{ nonce: number }>(governanceSignerKey(name)))?.nonce ?? 0) + 1
    const validUntil = (this.node.head()?.height ?? 0) + 200
    const { action_id } = await this.node.submit(signedBy(this.node.worldId, signerActor(name), signerSeed(name), nonce, action, validUntil))
    return action_id
  }
}

/** Proposes and gives the id of the proposal. `when` settles when a condition holds. */
export async function proposed(node: WorldNode, name: string, asked: Asked, when: (condition: () => boolean) => Promise<unknown>): Promise<string> {
  const actionId = await new Signers(node).propose(name, asked)
  await when(() => node.receipt(actionId) !== null)
  const { receipt, events } = node.receipt(actionId)!
  if (receipt.code !== null) throw new Error(`${receipt.code} ${JSON.stringify(receipt.detail)}`)
  return events[0]!.payload['proposal_id'] as string
}
