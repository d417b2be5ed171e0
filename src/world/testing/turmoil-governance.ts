import { governanceCertificatePayload, governanceVetoPayload, sha256, toHex, utf8Bytes } from '../../codec/index.ts'
import type { GovernanceFinalityCertificate, GovernanceStatement, Value, ValueMap } from '../../codec/index.ts'
import { assembleCertificate, statementOf } from '../governance/certificate.ts'
import { DEFAULT_GOVERNANCE } from '../governance/config.ts'
import type { GovernanceConfig } from '../governance/config.ts'
import { signerActor } from '../governance/keys.ts'
import { manifestContent, manifestHash } from '../governance/manifest.ts'
import { readClosedProposals, readLatestVersion, readManifest, readOpenProposals, readProposal } from '../governance/records.ts'
import type { ManifestContent, ModuleChanges, PatchOp, ProposalRecord, WorldManifest } from '../governance/records.ts'
import { readCheckpoints, readModule } from '../state/read.ts'
import type { StateReader } from '../state/state.ts'
import { deciding, emitting, signedForTest } from './hand-made.ts'
import { signerOf } from './test-world.ts'
import type { Inhabitant } from './test-world.ts'
import type { Dice } from './turmoil.ts'

const SIGNERS = ['s1', 's2', 's3', 's4'] as const
const GUARDIANS = ['g1', 'g2'] as const
/** Some are both somewhere, some nothing any more. */
export const OFFICIALS: readonly Inhabitant[] = [...SIGNERS, ...GUARDIANS].map((name) => ({ id: signerActor(name), signer: signerOf(name) }))
const VALIDATOR: Inhabitant = { id: 'validator/v1', signer: signerOf('v1') }

/** Everything soon: votes within some blocks, checkpoints all the time. */
export const TURMOIL_GOVERNANCE: GovernanceConfig = {
  ...DEFAULT_GOVERNANCE,
  signers: SIGNERS.slice(0, 3).map((signer_id) => ({ signer_id, public_key: signerOf(signer_id).publicKey })),
  guardians: GUARDIANS.map((guardian_id) => ({ guardian_id, public_key: signerOf(guardian_id).publicKey })),
  guardian_threshold: 2,
  authors_may_approve: true,
  proposal_ttl_blocks: 24,
  shadow_blocks: 2,
  checkpoint_blocks: 10,
}

/** Somebody who governs, or would like to, and what they try. */
export function anyVote(dice: Dice, worldId: string, state: StateReader, agents: readonly Inhabitant[]): { readonly who: Inhabitant; readonly action: ValueMap } {
  const open = readOpenProposals(state)
  if (open.length === 0 || dice.once(5)) {
    const who = dice.once(6) ? dice.pick([VALIDATOR, ...agents]) : dice.pick(OFFICIALS.slice(0, 4))
    return { who, action: anyProposal(dice, state) }
  }
  const closed = readClosedProposals(state)
  const id = closed.length > 0 && dice.once(12) ? dice.pick(closed) : dice.pick(open)
  const proposal = readProposal(state, id)!
  const who = dice.pick(dice.once(6) ? OFFICIALS : OFFICIALS.slice(0, 3))
  if (dice.once(14)) return { who, action: { kind: 'reject_proposal', proposal_id: id, reason: 'no' } }
  if (dice.once(14)) {
    const guardian = dice.pick(OFFICIALS.slice(-3))
    return { who: guardian, action: { kind: 'veto_proposal', proposal_id: id, signature: guardian.signer.signSync(governanceVetoPayload(dice.once(5) ? 'demo-other' : worldId, id)) } }
  }
  const statement = statementOf(state, worldId, id, proposal) ?? guess(worldId, id, proposal)
  if (dice.once(6)) return { who: dice.pick([...agents, ...OFFICIALS]), action: { kind: 'apply_proposal', proposal_id: id, certificate: anyCertificate(dice, statement) as unknown as Value } }
  const signed = dice.once(10) ? forged(dice, statement) : statement
  return { who, action: { kind: 'approve_proposal', proposal_id: id, signature: share(dice.once(20) ? dice.pick(OFFICIALS) : who, signed) } }
}

const share = ({ signer }: Inhabitant, statement: GovernanceStatement): Uint8Array => signer.signSync(governanceCertificatePayload(statement))

/** Before there is anything to sign. */
function guess(world_id: string, proposal_id: string, { base_manifest_hash, expires_height, proposed_height }: ProposalRecord): GovernanceStatement {
  return {
    world_id, proposal_id, manifest_hash: base_manifest_hash, report_hash: base_manifest_hash, consensus_height: proposed_height, block_hash: base_manifest_hash, signer_set_hash: base_manifest_hash,
    epoch_id: 0, required_signers: 2, expires_height,
  }
}

function forged(dice: Dice, statement: GovernanceStatement): GovernanceStatement {
  const hash = 'f'.repeat(64)
  return {
    ...statement,
    ...dice.pick<Partial<GovernanceStatement>>([
      { world_id: `demo-other.${hash}` }, { proposal_id: hash }, { manifest_hash: hash }, { report_hash: hash }, { block_hash: hash }, { signer_set_hash: hash },
      { consensus_height: statement.consensus_height + 1 }, { epoch_id: statement.epoch_id + 1 }, { required_signers: statement.required_signers === 2 ? 3 : 2 }, { expires_height: statement.expires_height + 9 },
    ]),
  }
}

function anyCertificate(dice: Dice, statement: GovernanceStatement): GovernanceFinalityCertificate {
  const said = dice.once(2) ? forged(dice, statement) : statement
  if (dice.once(8)) return { ...said, scheme: 'frost', aggregate: share(dice.pick(OFFICIALS), said) }
  const signers = dice.once(4) ? Array.from({ length: dice.roll(4) }, () => dice.pick(OFFICIALS)) : OFFICIALS.slice(0, dice.once(4) ? 1 : 3)
  return assembleCertificate(said, signers.map((who) => ({ signer_id: who.id.slice('signer/'.length), signature: share(who, dice.once(8) ? forged(dice, said) : said) })))
}

function anyProposal(dice: Dice, state: StateReader): ValueMap {
  const manifest = readManifest(state)
  const nothing = { patch: null, manifest: null, rollback: null, module_changes: NO_CHANGES as unknown as Value }
  const what = dice.pick<() => Partial<typeof nothing> | ValueMap>([
    () => ({ patch: anyPatch(dice, manifest) as unknown as Value }),
    () => ({ manifest: anyContent(dice, manifest) as unknown as Value }),
    () => ({ module_changes: anyChanges(dice, state) as unknown as Value }),
    () => ({ module_changes: anyChanges(dice, state) as unknown as Value }),
    () => ({ rollback: anyCheckpoint(dice, state) }),
    () => ({ rollback: anyCheckpoint(dice, state) }),
    () => ({ patch: anyPatch(dice, manifest) as unknown as Value, module_changes: anyChanges(dice, state) as unknown as Value }),
    () => ({ patch: anyPatch(dice, manifest) as unknown as Value, rollback: dice.once(2) ? anyCheckpoint(dice, state) : null }),
  ])()
  return {
    kind: 'propose', title: 'Something else', description: dice.pick(['', 'Why not?']), base_manifest_hash: dice.once(25) ? 'e'.repeat(64) : manifestHash(manifest), ...nothing, ...what,
    salt: toHex(sha256(utf8Bytes(String(dice.roll(40))))),
  }
}

const NO_CHANGES: ModuleChanges = { register: [], upgrade: [], activate: [], deactivate: [] }

function anyPatch(dice: Dice, { governance, trusted_signers }: WorldManifest): readonly PatchOp[] {
  const set = (path: string, value: Value): PatchOp => ({ op: 'set', path: path.split('/'), value })
  const keyOf = (name: string): Uint8Array => signerOf(name).publicKey
  const all: readonly (() => PatchOp)[] = [
    () => set('governance/shadow_blocks', dice.roll(4)),
    () => set('governance/timelock_blocks', dice.roll(3)),
    () => set('governance/checkpoint_blocks', 10 + dice.roll(6)),
    () => set('governance/threshold', 2 + dice.roll(3)),
    () => set('governance/shadow_fuel_budget', dice.pick([0, 1_000, 1_000_000_000])),
    () => set('governance/shadow_policy', dice.pick<Value>([{ mode: 'always_pass' }, { mode: 'always_pass' }, { mode: 'by_module_id', module_ids: ['t.rules'] }])),
    () => set('governance/signers', (dice.once(2) ? SIGNERS : SIGNERS.slice(0, 3)).map((signer_id) => ({ signer_id, public_key: keyOf(signer_id) }))),
    () => set('governance/signers/0', 1),
    () => set('governance/epoch_id', 9),
    () => set('governance/limits_max/max_gas', dice.pick([50_000_000, 10, governance.limits_max.max_gas])),
    () => set(`trusted_signers/some.${dice.roll(3)}`, keyOf('some')),
    () => ({ op: 'remove', path: ['trusted_signers', dice.pick(['some.1', ...Object.keys(trusted_signers).sort()])] }),
    () => set('effects/policies', dice.pick<Value>([[], [{ when: {}, decision: 'allow' }], [{ when: { effect_kind: 'disk.*' }, decision: 'deny' }, { when: {}, decision: 'allow' }]])),
    () => set('effects/grants/t.own.after/net', { effect_kinds: [dice.pick(['http.*', 'disk.wipe'])], expires_height: null }),
    () => ({ op: 'remove', path: ['effects', 'grants', 't.own.after'] }),
    () => set('modules/t.rules', 1),
  ]
  return Array.from({ length: 1 + dice.roll(2) }, () => dice.pick(all)())
}

function anyContent(dice: Dice, manifest: WorldManifest): ManifestContent {
  const content = manifestContent(manifest)
  return { ...content, governance: { ...content.governance, ...dice.pick<Partial<GovernanceConfig>>([{}, { shadow_blocks: dice.roll(5) }, { guardian_threshold: 1 + dice.roll(3) }, { proposal_ttl_blocks: 5 + dice.roll(40) }, { signers: [] }]) } }
}

function anyCheckpoint(dice: Dice, state: StateReader): Value {
  const listed = readCheckpoints(state)
  return listed.length === 0 || dice.once(10) ? { height: dice.roll(50), state_root: 'a'.repeat(64) } : dice.pick(listed)
}

/** The first has the bytes of modules of the genesis, those of the other are nowhere. */
const EXTRAS = [emitting('t.extra', []), deciding('t.extra', 'allow')] as const

function anyChanges(dice: Dice, state: StateReader): ModuleChanges {
  const active = Object.keys(readManifest(state).modules).sort()
  const add: readonly (() => Partial<ModuleChanges>)[] = [
    () => ({ upgrade: active.length === 0 ? [] : [upgradeOf(dice, state, dice.pick(active))] }),
    () => ({ upgrade: active.length === 0 ? [] : [upgradeOf(dice, state, dice.pick(active))] }),
    () => {
      const { artifact_identity: _, ...fields } = EXTRAS[dice.once(4) ? 1 : 0].manifest
      const version = dice.once(4) ? '1.0.0' : nextVersion(state, fields.module_id)
      return { register: [signedForTest({ ...fields, version })], activate: dice.once(2) ? [] : [{ module_id: fields.module_id, version }] }
    },
    () => ({ activate: [{ module_id: dice.pick(['t.rules', 't.own.judge', 't.extra', 't.none']), version: dice.pick(['1.0.0', '1.0.1', '1.0.2']) }] }),
    () => ({ deactivate: active.length === 0 ? [] : [{ module_id: dice.pick(active), reason: 'old' }] }),
  ]
  return { ...NO_CHANGES, ...dice.pick(add)(), ...(dice.once(4) ? dice.pick(add)() : {}) }
}

/** The same bytes under a higher version, now and then under a lower one. */
function upgradeOf(dice: Dice, state: StateReader, module_id: string): ModuleChanges['upgrade'][number] {
  const { manifest: { artifact_identity: _, ...fields }, active_version: from_version } = readModule(state, module_id)!
  const to_version = dice.once(8) ? from_version : nextVersion(state, module_id)
  return { module_id, from_version: dice.once(10) ? '0.9.0' : from_version, to_version, wasm_hash: dice.once(10) ? 'b'.repeat(64) : fields.wasm_hash, manifest: signedForTest({ ...fields, version: to_version }) }
}

function nextVersion(state: StateReader, module_id: string): string {
  const latest = readLatestVersion(state, module_id)
  return latest === null ? '1.0.0' : `1.0.${Number(latest.split('.')[2]) + 1}`
}
