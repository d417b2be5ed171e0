import { validateModule } from '../wasm/index.ts'
import { invalidGenesis } from './errors.ts'
import type { Genesis } from './genesis.ts'
import { trustedSignersOf, verifyArtifactIdentity } from './modules/artifact-identity.ts'

/**
 * Throws `ArtifactIdentityError` naming the first module that no trusted signer vouches for, or `GENESIS_INVALID` naming the first the engine
 * would not run (DESIGN §6).
 */
export function assertRunnable({ modules, trusted_signers }: Pick<Genesis, 'modules' | 'trusted_signers'>): void {
  const signers = trustedSignersOf(trusted_signers)
  for (const { manifest, wasm } of modules) {
    verifyArtifactIdentity(manifest, signers, wasm)
    const checked = validateModule(wasm)
    if (!checked.ok) invalidGenesis(`${manifest.module_id} may not run: ${checked.errors[0]?.message ?? 'it is not valid'}`, { module_id: manifest.module_id })
  }
}
