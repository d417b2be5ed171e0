import { AppError, concatBytes, Domain, encodeCanonical, sha256, toHex, utf8Bytes } from '../../codec/index.ts'
import type { ErrorDetail, Value } from '../../codec/index.ts'
import { verifyEd25519Portable } from '../../crypto/index.ts'
import type { ModuleArtifactIdentity, ModuleManifest } from '../module-manifest.ts'

export type ArtifactIdentityErrorCode = 'IDENTITY_MISSING' | 'SIGNATURE_SCHEME_REFUSED' | 'SIGNER_UNKNOWN' | 'SIGNATURE_INVALID' | 'HASH_MISMATCH'

/**
 * A module nobody trusted vouches for; it is neither registered nor loaded.
 * - `IDENTITY_MISSING`: the manifest names no signer
 * - `SIGNATURE_SCHEME_REFUSED`: a scheme without a key behind it, or one this world does not know
 * - `SIGNER_UNKNOWN`: the world does not trust the signer
 * - `SIGNATURE_INVALID`: the signer did not sign this manifest
 * - `HASH_MISMATCH`: the bytes are not those the manifest names
 */
export class ArtifactIdentityError extends AppError {
  declare readonly code: ArtifactIdentityErrorCode

  constructor(code: ArtifactIdentityErrorCode, message: string, detail: ErrorDetail = {}) {
    super(code, message, detail)
  }
}

/** Who may sign modules: Ed25519 public keys by node id. */
export type TrustedSigners = ReadonlyMap<string, Uint8Array>

export interface TrustedSigner {
  readonly node_id: string
  /** 32 bytes. */
  readonly public_key: Uint8Array
}

export function trustedSignersOf(signers: readonly TrustedSigner[]): TrustedSigners {
  return new Map(signers.map(({ node_id, public_key }) => [node_id, public_key]))
}

/** A manifest before anyone signed for it. */
export type UnsignedManifest = Omit<ModuleManifest, 'artifact_identity'>

/** A manifest of any origin, whose identity may be missing. */
export type ClaimedManifest = UnsignedManifest & { readonly artifact_identity?: ModuleArtifactIdentity | undefined }

/** Checking a signature takes about a millisecond, and the same manifests come back with every kernel, load and snapshot. */
const MAX_REMEMBERED = 1024
const verified = new Set<string>()

/**
 * What a signer of modules signs: every field of the manifest and the two hashes of its identity, so that a signed module cannot be put
 * into a manifest with other limits, capabilities or subscriptions. Null stands for "any world": that these bytes come from that source is
 * true everywhere, and the id of a world holds the hash of a genesis that holds these very signatures.
 */
export function artifactPayload(manifest: UnsignedManifest, { source_hash, build_manifest_hash }: Pick<ModuleArtifactIdentity, 'source_hash' | 'build_manifest_hash'>): Uint8Array {
  const { artifact_identity: _, ...fields } = manifest as ClaimedManifest
  return encodeCanonical([Domain.artifactIdentity, null, { ...fields, source_hash, build_manifest_hash } as unknown as Value])
}

/** `sha256("<module_id>:<source_hash>:<build_manifest_hash>")` as hex: which source and which build, whatever bytes came of it. */
export function identityHash(moduleId: string, { source_hash, build_manifest_hash }: Pick<ModuleArtifactIdentity, 'source_hash' | 'build_manifest_hash'>): string {
  return toHex(sha256(utf8Bytes(`${moduleId}:${source_hash}:${build_manifest_hash}`)))
}

/**
 * That a trusted signer vouches for this manifest, and, where `wasm` is given, that these are the bytes it names. Everything that registers
 * or loads a module goes through here. Throws `ArtifactIdentityError`.
 */
export function verifyArtifactIdentity(manifest: ClaimedManifest, signers: TrustedSigners, wasm?: Uint8Array): void {
  const { module_id, artifact_identity: identity } = manifest
  const refuse = (code: ArtifactIdentityErrorCode, message: string, detail: ErrorDetail = {}): never => {
    throw new ArtifactIdentityError(code, message, { module_id, ...detail })
  }
  if (identity === undefined || identity === null) return refuse('IDENTITY_MISSING', `${module_id} carries no artifact identity. Have a trusted signer sign it, then use the signed manifest.`)
  const { signer_node_id: signer, signature_scheme: scheme, artifact_signature: signature } = identity
  if (scheme !== 'ed25519') return refuse('SIGNATURE_SCHEME_REFUSED', `${module_id} is signed by the scheme "${scheme}", which proves no key. Sign it with ed25519.`, { scheme })
  const key = signers.get(signer)
  if (key === undefined) {
    return refuse('SIGNER_UNKNOWN', `${module_id} is signed by "${signer}", whom this world does not trust. Trusted: ${[...signers.keys()].sort().join(', ') || 'nobody'}.`, { signer })
  }
  if (wasm !== undefined && toHex(sha256(wasm)) !== manifest.wasm_hash) {
    return refuse('HASH_MISMATCH', `The bytes of ${module_id} are not those its manifest names. Get them again, or build the modules again.`)
  }
  const payload = artifactPayload(manifest, identity)
  const statement = toHex(sha256(concatBytes(sha256(payload), key, signature)))
  if (verified.has(statement)) return
  if (!verifyEd25519Portable(key, payload, signature)) {
    refuse('SIGNATURE_INVALID', `"${signer}" did not sign this manifest of ${module_id}: it, its hashes or its signature were changed. Get the module again, or sign it anew.`, { signer })
  }
  if (verified.size >= MAX_REMEMBERED) verified.clear()
  verified.add(statement)
}
