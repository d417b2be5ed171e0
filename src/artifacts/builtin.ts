import { fromHex } from '../codec/index.ts'
import { ArtifactIdentityError, trustedSignersOf, verifyArtifactIdentity } from '../world/index.ts'
import type { ModuleManifest, TrustedSigner } from '../world/index.ts'
import type { EmbeddedModule } from './embedded.ts'
import { ArtifactError } from './errors.ts'
import { SIGNERS } from './generated/signers.ts'
import { embeddedModules, MODULE_SETS } from './sets.ts'
import type { ModuleSet } from './sets.ts'

/** A module that a trusted signer vouches for, whose bytes are those its manifest names. */
export interface BuiltinModule {
  readonly manifest: ModuleManifest
  readonly wasm: Uint8Array
}

/** Who may sign built-in modules; a genesis that uses them trusts these. */
export const BUILTIN_SIGNERS: readonly TrustedSigner[] = SIGNERS.map(({ node_id, public_key }) => ({ node_id, public_key: fromHex(public_key) }))

const trusted = trustedSignersOf(BUILTIN_SIGNERS)

/**
 * The built-in modules of these sets, sorted by id, signature and bytes of each checked. The same in Node and in a page. Throws
 * `ArtifactError` IO_ERROR or HASH_MISMATCH, or `ArtifactIdentityError`.
 */
export async function builtinModules(sets: readonly ModuleSet[] = MODULE_SETS): Promise<readonly BuiltinModule[]> {
  return (await embeddedModules(sets)).map((module) => verifiedModule(manifestOf(module), decodeBase64(module.wasm_base64)))
}

/** One built-in module. Throws `ARTIFACT_MISSING` when there is none of that id. */
export async function builtinModule(moduleId: string): Promise<BuiltinModule> {
  const modules = await builtinModules()
  const found = modules.find(({ manifest }) => manifest.module_id === moduleId)
  if (found === undefined) {
    const known = modules.map(({ manifest }) => manifest.module_id).join(', ')
    throw new ArtifactError('ARTIFACT_MISSING', `There is no built-in module "${moduleId}". There are: ${known}.`, { module_id: moduleId })
  }
  return found
}

/** The signed manifests of these sets, unchecked, with the set each belongs to. */
export async function embeddedManifests(sets: readonly ModuleSet[] = MODULE_SETS): Promise<readonly { readonly set: ModuleSet; readonly manifest: ModuleManifest }[]> {
  const lists = await Promise.all(sets.map(async (set) => (await embeddedModules([set])).map((module) => ({ set, manifest: manifestOf(module) }))))
  return lists.flat()
}

/** The signed manifest of an embedded module. */
export function manifestOf({ manifest, identity }: EmbeddedModule): ModuleManifest {
  return { ...manifest, artifact_identity: { ...identity, artifact_signature: fromHex(identity.artifact_signature) } }
}

/** The module, if it is what a trusted signer signed. Throws `HASH_MISMATCH` or `ArtifactIdentityError`. */
export function verifiedModule(manifest: ModuleManifest, wasm: Uint8Array): BuiltinModule {
  try {
    verifyArtifactIdentity(manifest, trusted, wasm)
  } catch (error) {
    if (!(error instanceof ArtifactIdentityError) || error.code !== 'HASH_MISMATCH') throw error
    throw new ArtifactError(
      'HASH_MISMATCH',
      `The bytes of ${manifest.module_id} are not those its manifest names. The installation is damaged: install or reload it, or run "npm run artifacts -- sync all --check" to see what differs.`,
      { module_id: manifest.module_id, expected: manifest.wasm_hash },
      { cause: error },
    )
  }
  return { manifest, wasm }
}

/** The bytes of an embedded module; none for text that is no base64. */
export function decodeBase64(text: string): Uint8Array {
  try {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0))
  } catch {
    return new Uint8Array(0)
  }
}
