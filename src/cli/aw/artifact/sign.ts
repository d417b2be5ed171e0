/** From the bytes of a module and the manifest of a version before it to a manifest that a trusted signer vouches for. */
import { AppError, sha256, toHex } from '../../../codec/index.ts'
import { openKeystore, platformCrypto, signNative } from '../../../vault/index.ts'
import type { Keystore } from '../../../vault/index.ts'
import { validateModule } from '../../../wasm/index.ts'
import { artifactPayload, trustedSignersOf, verifyArtifactIdentity, whyBadManifest } from '../../../world/index.ts'
import type { ModuleManifest, UnsignedManifest } from '../../../world/index.ts'

/** Where bytes come from: lowercase hex SHA-256 of the sources and of the build recipe. */
export interface Origin {
  readonly source_hash: string
  readonly build_manifest_hash: string
}

/** A key that signs modules, under the name it has in the world. */
export interface ModuleSigner {
  readonly node_id: string
  readonly publicKey: Uint8Array
  readonly sign: (payload: Uint8Array) => Promise<Uint8Array>
}

/** Throws what opening a keystore throws. */
export async function openModuleSigner(nodeId: string, keystore: Keystore, passphrase: string): Promise<ModuleSigner> {
  const { subtle } = platformCrypto()
  const { publicKey, secret } = await openKeystore(subtle, keystore, passphrase)
  return { node_id: nodeId, publicKey, sign: (payload) => signNative(subtle, secret, payload) }
}

/** Throws `MODULE_INVALID` when no node would run these bytes under this manifest. */
export function assertRunnable(manifest: UnsignedManifest, wasm: Uint8Array): void {
  const problem = whyNotRunnable(manifest, wasm)
  if (problem !== null) throw new AppError('MODULE_INVALID', `No node would run ${manifest.module_id}: ${problem} Mend the module or its manifest.`, { module_id: manifest.module_id })
}

export function whyNotRunnable(manifest: UnsignedManifest, wasm: Uint8Array): string | null {
  const [error] = validateModule(wasm).errors
  if (error !== undefined) return `${error.code}: ${error.message}`
  const exported = WebAssembly.Module.exports(new WebAssembly.Module(wasm as Uint8Array<ArrayBuffer>)).map(({ name }) => name)
  const missing = manifest.exports.filter((name) => !exported.includes(name))
  if (missing.length > 0) return `it lacks exports that its manifest lists: ${missing.join(', ')}.`
  return whyBadManifest(manifest as ModuleManifest)?.message ?? null
}

/** A manifest of these bytes, signed and verified again. Throws `MODULE_INVALID`. */
export async function signedManifest(fields: UnsignedManifest, wasm: Uint8Array, origin: Origin, signer: ModuleSigner): Promise<ModuleManifest> {
  const manifest: UnsignedManifest = { ...fields, wasm_hash: toHex(sha256(wasm)) }
  assertRunnable(manifest, wasm)
  const artifact_signature = await signer.sign(artifactPayload(manifest, origin))
  const signed: ModuleManifest = { ...manifest, artifact_identity: { ...origin, signer_node_id: signer.node_id, signature_scheme: 'ed25519', artifact_signature } }
  verifyArtifactIdentity(signed, trustedSignersOf([{ node_id: signer.node_id, public_key: signer.publicKey }]), wasm)
  return signed
}
