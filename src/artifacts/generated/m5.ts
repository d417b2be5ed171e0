// Generated from artifacts/modules/m5; "npm run artifacts -- sync m5" writes it anew.
import type { EmbeddedModule } from '../embedded.ts'

export const M5_MODULES: readonly EmbeddedModule[] = [
]
