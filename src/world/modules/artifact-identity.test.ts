import { describe, expect, it } from 'vitest'
import { decodeCanonical, encodeCanonical, sha256, toHex, utf8Bytes } from '../../codec/index.ts'
import type { Value } from '../../codec/index.ts'
import { createPortableSigner } from '../../crypto/index.ts'
import { decodeGenesis, encodeGenesis } from '../genesis.ts'
import { createKernel } from '../kernel.ts'
import { readEntry } from '../load-state.ts'
import type { ModuleManifest } from '../module-manifest.ts'
import { snapshotEntries } from '../snapshot.ts'
import { CommittedState, hashKey } from '../state/state.ts'
import { deciding, signedForTest, TEST_SIGNER } from '../testing/hand-made.ts'
import { testGenesis, TestWorld } from '../testing/test-world.ts'
import type { StateEntry } from '../types.ts'
import { ArtifactIdentityError, artifactPayload, identityHash, trustedSignersOf, verifyArtifactIdentity } from './artifact-identity.ts'

const trusted = trustedSignersOf([TEST_SIGNER])
const { manifest, wasm } = deciding('t.module', 'allow')
const identity = manifest.artifact_identity

const codeOf = (run: () => unknown): string => {
  try {
    run()
  } catch (error) {
    if (error instanceof ArtifactIdentityError) return error.code
    throw error
  }
  return 'accepted'
}
const verdict = (changed: unknown, signers = trusted, bytes?: Uint8Array): string => codeOf(() => verifyArtifactIdentity(changed as ModuleManifest, signers, bytes))
const withIdentity = (change: object): unknown => ({ ...manifest, artifact_identity: { ...identity, ...change } })

describe('an artifact identity', () => {
  it('holds for the manifest, the bytes and the key it was made with, every time', () => {
    expect(verdict(manifest)).toBe('accepted')
    expect(verdict(manifest, trusted, wasm)).toBe('accepted')
    expect(verdict(structuredClone(manifest), trusted, wasm)).toBe('accepted')
  })

  it('covers every field of the manifest', () => {
    const changes: readonly Partial<Record<keyof ModuleManifest, unknown>>[] = [
      { module_id: 't.other' }, { version: '1.0.1' }, { kind: 'reducer' }, { role: 'gameplay' }, { wasm_hash: 'c'.repeat(64) }, { interface_version: 'wasm-2' }, { abi_version: 1 },
      { exports: ['memory', 'alloc', 'call', 'more'] }, { subscriptions: { ...manifest.subscriptions, action_kinds: ['*'] } },
      { subscriptions: { ...manifest.subscriptions, filters: { all: [] } } }, { required_caps: ['http.fetch'] },
      { abi_contract: { cap_slots: {}, policy_hooks: [], gameplay: { kind: 'war' } } }, { more: 1 } as object,
      ...Object.keys(manifest.limits).map((limit) => ({ limits: { ...manifest.limits, [limit]: manifest.limits[limit as 'max_gas'] + 1 } })),
    ]
    const covered = new Set(changes.flatMap((change) => Object.keys(change)))
    expect(Object.keys(manifest).filter((field) => field !== 'artifact_identity' && !covered.has(field))).toEqual([])
    for (const change of changes) expect(verdict({ ...manifest, ...change }), JSON.stringify(change)).toBe('SIGNATURE_INVALID')
  })

  it('covers source and build, and no signature serves twice', () => {
    expect(verdict(withIdentity({ source_hash: 'c'.repeat(64) }))).toBe('SIGNATURE_INVALID')
    expect(verdict(withIdentity({ build_manifest_hash: 'c'.repeat(64) }))).toBe('SIGNATURE_INVALID')
    const other = deciding('t.other', 'deny').manifest
    expect(verdict({ ...other, artifact_identity: identity })).toBe('SIGNATURE_INVALID')
  })

  it('is refused when it is missing, has no key behind it, or another key', () => {
    const { artifact_identity: _, ...bare } = manifest
    expect(verdict(bare)).toBe('IDENTITY_MISSING')
    expect(verdict({ ...manifest, artifact_identity: null })).toBe('IDENTITY_MISSING')
    for (const scheme of ['unsigned:dev', 'unsigned:', 'identity_hash_v1', 'hmac_sha256', 'ED25519', '']) expect(verdict(withIdentity({ signature_scheme: scheme }))).toBe('SIGNATURE_SCHEME_REFUSED')
    expect(verdict(manifest, trustedSignersOf([]))).toBe('SIGNER_UNKNOWN')
    expect(verdict(withIdentity({ signer_node_id: 'somebody.else' }))).toBe('SIGNER_UNKNOWN')
    const impostor = createPortableSigner(sha256(utf8Bytes('impostor')))
    expect(verdict(manifest, trustedSignersOf([{ ...TEST_SIGNER, public_key: impostor.publicKey }]))).toBe('SIGNATURE_INVALID')
    expect(verdict(withIdentity({ artifact_signature: impostor.signSync(artifactPayload(manifest, identity)) }))).toBe('SIGNATURE_INVALID')
    expect(verdict(withIdentity({ artifact_signature: new Uint8Array(64) }))).toBe('SIGNATURE_INVALID')
  })

  it('is refused for bytes the manifest does not name', () => {
    expect(verdict(manifest, trusted, wasm.slice(1))).toBe('HASH_MISMATCH')
    expect(verdict(manifest, trusted, new Uint8Array(0))).toBe('HASH_MISMATCH')
  })

  it('has the hash the design names', () => {
    expect(identityHash('t.module', { source_hash: 'aa', build_manifest_hash: 'bb' })).toBe(toHex(sha256(utf8Bytes('t.module:aa:bb'))))
  })

  it('says the same in every world', () => {
    expect(decodeCanonical(artifactPayload(manifest, identity))).toMatchObject(['agent-world/artifact-identity/v1', null, { module_id: 't.module', source_hash: 'a'.repeat(64) }])
  })
})

describe('a world takes signed modules only', () => {
  const { artifact_identity: _, ...bare } = manifest
  const unsigned = { manifest: { ...bare, artifact_identity: { ...identity, signature_scheme: 'unsigned:dev' } }, wasm }

  it('when it is made', () => {
    expect(codeOf(() => testGenesis({ modules: [{ manifest, wasm }] }))).toBe('accepted')
    expect(codeOf(() => testGenesis({ modules: [unsigned] }))).toBe('SIGNATURE_SCHEME_REFUSED')
    expect(codeOf(() => testGenesis({ modules: [{ manifest: bare as ModuleManifest, wasm }] }))).toBe('IDENTITY_MISSING')
    expect(codeOf(() => testGenesis({ modules: [{ manifest, wasm: wasm.slice(1) }] }))).toBe('HASH_MISMATCH')
    expect(codeOf(() => testGenesis({ modules: [{ manifest, wasm }], trustedSigners: [] }))).toBe('SIGNER_UNKNOWN')
  })

  /** A genesis that others made, with a module of theirs. */
  const received = (change: (module: Record<string, Value>, genesis: Record<string, Value>) => void): (() => unknown) => {
    const genesis = decodeCanonical(encodeGenesis(testGenesis({ modules: [{ manifest, wasm }] }))) as Record<string, Value>
    change((genesis['modules'] as Record<string, Value>[])[0]!['manifest'] as Record<string, Value>, genesis)
    return () => createKernel(decodeGenesis(encodeCanonical(genesis)))
  }
  const identityIn = (module: Record<string, Value>): Record<string, Value> => module['artifact_identity'] as Record<string, Value>

  it('when it is loaded from a genesis of others', () => {
    expect(codeOf(received(() => undefined))).toBe('accepted')
    expect(codeOf(received((module) => { module['version'] = '9.9.9' }))).toBe('SIGNATURE_INVALID')
    expect(codeOf(received((module) => { identityIn(module)['signature_scheme'] = 'unsigned:dev' }))).toBe('SIGNATURE_SCHEME_REFUSED')
    expect(codeOf(received((module) => { identityIn(module)['signer_node_id'] = 'somebody.else' }))).toBe('SIGNER_UNKNOWN')
    expect(codeOf(received((_module, genesis) => { genesis['trusted_signers'] = [] }))).toBe('SIGNER_UNKNOWN')
  })

  it.each<[string, (genesis: Record<string, Value>) => void]>([
    ['a signer twice', (genesis) => { genesis['trusted_signers'] = [...(genesis['trusted_signers'] as Value[]), ...(genesis['trusted_signers'] as Value[])] }],
    ['a signer whose key is none', (genesis) => { genesis['trusted_signers'] = [{ node_id: 'a', public_key: new Uint8Array(32) }] }],
    ['a module without identity', (genesis) => { delete ((genesis['modules'] as Record<string, Value>[])[0]!['manifest'] as Record<string, Value>)['artifact_identity'] }],
  ])('and no genesis with %s', (_what, change) => {
    expect(received((_module, genesis) => change(genesis))).toThrow(expect.objectContaining({ code: 'GENESIS_INVALID' }))
  })

  it('when its state is loaded', () => {
    const world = new TestWorld(testGenesis({ modules: [{ manifest, wasm }] }))
    const { manifest: snapshot, chunks } = world.kernel.snapshot()
    world.kernel.restore(snapshot, chunks())
    // A state with a forged module can only come with a root of its own: the check must hold even when the root does.
    const forged = new TestWorld(testGenesis({ modules: [{ manifest: signedForTest({ ...bare, limits: { ...bare.limits, max_emits: 3 } }), wasm }] }))
    const record = forged.kernel.query('module/t.module').value as Record<string, Value>
    const entries = (value: Value): { key: string; value: Uint8Array } => ({ key: 'module/t.module', value: encodeCanonical(value) })
    const tampered = { ...record, manifest: { ...(record['manifest'] as Record<string, Value>), role: 'gameplay' } }
    expect(() => loadWith(world, entries(record))).not.toThrow()
    expect(() => loadWith(world, entries(tampered))).toThrow(expect.objectContaining({ code: 'BAD_STATE', cause: expect.objectContaining({ code: 'SIGNATURE_INVALID' }) }))
    expect(() => loadWith(world, null, 'signer/test.signer')).toThrow(expect.objectContaining({ code: 'BAD_STATE', cause: expect.objectContaining({ code: 'SIGNER_UNKNOWN' }) }))
  })
})

/** Loads the state of `world` with one record replaced or left out, under the root those records have. */
function loadWith(world: TestWorld, replaced: StateEntry | null, without: string | null = replaced?.key ?? null): void {
  const { manifest: snapshot, chunks } = world.kernel.snapshot()
  const entries = [...snapshotEntries(snapshot, chunks())].filter(({ key }) => key !== without)
  if (replaced !== null) entries.push(replaced)
  const state = new CommittedState(world.kernel.height(), entries.map((entry) => readEntry(entry, hashKey(entry.key))))
  world.kernel.load(entries, { height: world.kernel.height(), state_root: state.rootHash })
}
