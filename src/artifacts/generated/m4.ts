// Generated from artifacts/modules/m4; "npm run artifacts -- sync m4" writes it anew.
import type { EmbeddedModule } from '../embedded.ts'

export const M4_MODULES: readonly EmbeddedModule[] = [
]
