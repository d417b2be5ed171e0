import { encodeCanonical, sha256, toHex, utf8Bytes } from '../../codec/index.ts'
import type { Value } from '../../codec/index.ts'
import { createPortableSigner } from '../../crypto/index.ts'
import { wat } from '../../wasm/testdata/wat.ts'
import type { ModuleManifest } from '../module-manifest.ts'
import { artifactPayload } from '../modules/artifact-identity.ts'
import type { TrustedSigner, UnsignedManifest } from '../modules/artifact-identity.ts'

export interface HandMade {
  readonly manifest: ModuleManifest
  readonly wasm: Uint8Array
}

const testKey = createPortableSigner(sha256(utf8Bytes('test module signer')))
/** Signs every hand-made module; test worlds trust it. */
export const TEST_SIGNER: TrustedSigner = { node_id: 'test.signer', public_key: testKey.publicKey }
/** Signing takes milliseconds, and tests make the same few modules over and over. */
const signatures = new Map<string, Uint8Array>()

/** The manifest as the test signer vouches for it. */
export function signedForTest(manifest: UnsignedManifest): ModuleManifest {
  const hashes = { source_hash: 'a'.repeat(64), build_manifest_hash: 'b'.repeat(64) }
  const payload = artifactPayload(manifest, hashes)
  const known = toHex(sha256(payload))
  const signature = signatures.get(known) ?? testKey.signSync(payload)
  signatures.set(known, signature)
  return { ...manifest, artifact_identity: { ...hashes, signer_node_id: TEST_SIGNER.node_id, signature_scheme: 'ed25519', artifact_signature: signature } }
}

type Change = Partial<Omit<UnsignedManifest, 'limits'>> & { readonly limits?: Partial<UnsignedManifest['limits']> }

/** A module from the body of its entrypoint; `data` lies at address 16. */
export function handMade(moduleId: string, body: string, data: Uint8Array = new Uint8Array(0), change: Change = {}): HandMade {
  const { limits, ...rest } = change
  const entrypoint = rest.kind === 'reducer' ? 'reduce' : 'call'
  const escaped = Array.from(data, (byte) => `\\${byte.toString(16).padStart(2, '0')}`).join('')
  const wasm = wat(`(module
    (memory (export "memory") 4 4)
    (data (i32.const 16) "${escaped}")
    (func (export "alloc") (param i32) (result i32) (i32.const 131072))
    (func (export "${entrypoint}") (param $ptr i32) (param $len i32) (result i64) ${body}))`)
  return {
    wasm,
    manifest: signedForTest({
      module_id: moduleId, version: '1.0.0', kind: 'pure', role: 'rule', wasm_hash: toHex(sha256(wasm)), interface_version: 'wasm-1', abi_version: 2,
      exports: ['memory', 'alloc', entrypoint], subscriptions: { action_kinds: ['move_agent'], event_kinds: [], stage: 'pre_action' }, required_caps: [],
      limits: { max_mem_bytes: 262_144, max_gas: 100_000, max_call_rate: 1_000, max_output_bytes: 4_096, max_effects: 4, max_emits: 4, ...limits },
      ...rest,
    }),
  }
}

/** A module that always returns the same bytes. */
export function answering(moduleId: string, output: Uint8Array, change: Change = {}): HandMade {
  return handMade(moduleId, `(i64.const ${(BigInt(output.length) << 32n) | 16n})`, output, change)
}

/** A module that always emits the same. */
export function emitting(moduleId: string, emits: readonly { readonly kind: string; readonly payload: Value }[], change: Change = {}, more: Readonly<Record<string, Value>> = {}): HandMade {
  return answering(moduleId, encodeCanonical({ emits: emits as unknown as Value, effects: [], ...more }), change)
}

export interface DecisionInit {
  readonly override?: Value
  readonly cost?: Readonly<Record<string, number>>
  readonly notes?: readonly string[]
}

export function decision(verdict: string, { override = null, cost = {}, notes = [] }: DecisionInit = {}): { kind: string; payload: Value } {
  return { kind: 'rule.decision', payload: { verdict, override_action: override, cost, notes } }
}

/** A rule that always decides the same. */
export function deciding(moduleId: string, verdict: string, init: DecisionInit = {}, change: Change = {}): HandMade {
  return emitting(moduleId, [decision(verdict, init)], change)
}
