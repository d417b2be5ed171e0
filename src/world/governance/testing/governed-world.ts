import { governanceCertificatePayload, governanceVetoPayload, sha256, toHex, utf8Bytes } from '../../../codec/index.ts'
import type { GovernanceFinalityCertificate, GovernanceStatement, UnsignedAction, Value, ValueMap } from '../../../codec/index.ts'
import type { GenesisInit } from '../../create-genesis.ts'
import type { KernelOptions } from '../../kernel.ts'
import { inhabitant, signerOf, testGenesis, TestWorld } from '../../testing/test-world.ts'
import type { Inhabitant } from '../../testing/test-world.ts'
import type { Checkpoint } from '../../state/records.ts'
import type { BlockResult } from '../../types.ts'
import { assembleCertificate } from '../certificate.ts'
import { DEFAULT_GOVERNANCE } from '../config.ts'
import type { GovernanceConfig } from '../config.ts'
import { governanceSignerKey, MANIFEST_KEY, proposalKey, shadowReportKey, signerActor, signerIdOf } from '../keys.ts'
import { manifestHash, signerSetHash } from '../manifest.ts'
import type { ManifestContent, ModuleChanges, PatchOp, ProposalRecord, ShadowReport, WorldManifest } from '../records.ts'

export const SIGNERS = ['s1', 's2', 's3'] as const
export const GUARDIANS = ['g1', 'g2'] as const
export const NO_CHANGES: ModuleChanges = { register: [], upgrade: [], activate: [], deactivate: [] }
/** A signer or guardian as an actor. */
export const official = (name: string): Inhabitant => ({ id: signerActor(name), signer: signerOf(name) })
export const saltOf = (text: string): string => toHex(sha256(utf8Bytes(text)))
export const ann = inhabitant('ann')
export const bob = inhabitant('bob')

/** Two of three signers, two guardians, two blocks of shadow. */
export const GOVERNANCE: Partial<GovernanceConfig> = {
  signers: SIGNERS.map((signer_id) => ({ signer_id, public_key: signerOf(signer_id).publicKey })),
  threshold: 2,
  guardians: GUARDIANS.map((guardian_id) => ({ guardian_id, public_key: signerOf(guardian_id).publicKey })),
  guardian_threshold: 2,
  proposal_ttl_blocks: 60,
  shadow_blocks: 2,
}

export interface ProposalInit {
  readonly title?: string
  readonly patch?: readonly PatchOp[] | null
  readonly manifest?: ManifestContent | null
  readonly rollback?: Checkpoint | null
  readonly changes?: Partial<ModuleChanges>
  readonly base?: string
  readonly salt?: string
}

type Acted = Awaited<ReturnType<TestWorld['act']>>

/** A world with signers, and what they do. */
export class GovernedWorld extends TestWorld {
  constructor(governance: Partial<GovernanceConfig> = {}, init: Partial<GenesisInit> = {}, options: KernelOptions = {}) {
    super(testGenesis({ ...init, governance: { ...DEFAULT_GOVERNANCE, ...GOVERNANCE, ...governance } }), options)
  }

  override unsigned(actor: string, action: Value, change: Partial<UnsignedAction> = {}): UnsignedAction {
    const signerId = signerIdOf(actor)
    if (signerId === null) return super.unsigned(actor, action, change)
    const record = this.read(governanceSignerKey(signerId)) as { nonce: number } | null
    return super.unsigned(actor, action, { nonce: (record?.nonce ?? 0) + 1, ...change })
  }

  /** With all events of the action, those that follow from its own event as well. */
  override async act(who: Inhabitant, action: ValueMap, change: Partial<UnsignedAction> = {}): Promise<Acted> {
    const result = this.block([await this.sign(who, action, change)])
    const receipt = result.receipts[0]!
    return { receipt, events: result.events.slice(receipt.events.first, receipt.events.first + receipt.events.count) }
  }

  manifest(): WorldManifest {
    return this.read(MANIFEST_KEY) as WorldManifest
  }

  proposal(id: string): ProposalRecord {
    return this.read(proposalKey(id)) as ProposalRecord
  }

  report(id: string): ShadowReport {
    return this.read(shadowReportKey(id)) as ShadowReport
  }

  proposalAction({ title = 'A change', patch = null, manifest = null, rollback = null, changes = {}, base, salt = '' }: ProposalInit): ValueMap {
    return {
      kind: 'propose', title, description: '', base_manifest_hash: base ?? manifestHash(this.manifest()), patch: patch as Value, manifest: manifest as Value, rollback,
      module_changes: { ...NO_CHANGES, ...changes } as unknown as Value, salt: saltOf(salt),
    }
  }

  /** Proposes and gives the id; throws when it is refused. */
  async propose(init: ProposalInit, who: Inhabitant = official('s1')): Promise<string> {
    const { receipt, events } = await this.act(who, this.proposalAction(init))
    if (receipt.code !== null) throw new Error(`${receipt.code} ${JSON.stringify(receipt.detail)}`)
    return events[0]!.payload['proposal_id'] as string
  }

  /** Proposes and goes on until signers can sign, or shadow failed. */
  async proposeAndShadow(init: ProposalInit, who?: Inhabitant): Promise<string> {
    const id = await this.propose(init, who)
    for (let left = 80; left > 0 && this.proposal(id).shadow?.block_hash == null && this.proposal(id).state !== 'expired'; left--) this.block()
    return id
  }

  statement(id: string, change: Partial<GovernanceStatement> = {}): GovernanceStatement {
    const { shadow, expires_height } = this.proposal(id)
    const { epoch_id, threshold } = this.manifest().governance
    return {
      world_id: this.kernel.worldId, proposal_id: id, manifest_hash: shadow!.manifest_hash, report_hash: shadow!.report_hash, consensus_height: shadow!.height,
      block_hash: shadow!.block_hash!, signer_set_hash: signerSetHash(this.manifest()), epoch_id, required_signers: threshold, expires_height, ...change,
    }
  }

  share(name: string, statement: GovernanceStatement): Uint8Array {
    return signerOf(name).signSync(governanceCertificatePayload(statement))
  }

  certificate(statement: GovernanceStatement, names: readonly string[] = ['s2', 's3']): GovernanceFinalityCertificate {
    return assembleCertificate(statement, names.map((signer_id) => ({ signer_id, signature: this.share(signer_id, statement) })))
  }

  approve(id: string, name: string, change: Partial<GovernanceStatement> = {}): Promise<Acted> {
    return this.act(official(name), { kind: 'approve_proposal', proposal_id: id, signature: this.share(name, this.statement(id, change)) })
  }

  veto(id: string, name: string, worldId: string = this.kernel.worldId): Promise<Acted> {
    return this.act(official(name), { kind: 'veto_proposal', proposal_id: id, signature: signerOf(name).signSync(governanceVetoPayload(worldId, id)) })
  }

  applyWith(id: string, certificate: GovernanceFinalityCertificate, who: Inhabitant = ann): Promise<Acted> {
    return this.act(who, { kind: 'apply_proposal', proposal_id: id, certificate: certificate as unknown as Value })
  }

  /** Signs with two and goes on to the block in which it takes effect. */
  async passes(id: string, names: readonly string[] = ['s2', 's3']): Promise<BlockResult['events']> {
    for (const name of names) {
      const { receipt } = await this.approve(id, name)
      if (receipt.code !== null) throw new Error(`${receipt.code} ${JSON.stringify(receipt.detail)}`)
    }
    return this.advanceTo(this.proposal(id).apply_height!)
  }

  /** Puts the bytes of a module on record. */
  async deploy(wasm: Uint8Array, who: Inhabitant = bob): Promise<void> {
    const { receipt } = await this.act(who, { kind: 'deploy_module_artifact', wasm })
    if (receipt.code !== null) throw new Error(receipt.code)
  }
}
