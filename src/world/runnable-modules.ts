import { validateModule } from '../wasm/index.ts'
import { invalidGenesis } from './errors.ts'
import type { Genesis } from './genesis.ts'

/** Throws `GENESIS_INVALID` naming the first module the engine would not run (DESIGN §6). Their hashes are known to be right. */
export function assertRunnable(modules: Genesis['modules']): void {
  for (const { manifest: { module_id }, wasm } of modules) {
    const checked = validateModule(wasm)
    if (!checked.ok) invalidGenesis(`${module_id} may not run: ${checked.errors[0]?.message ?? 'it is not valid'}`, { module_id })
  }
}
