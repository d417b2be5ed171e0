import { core } from './actions/index.ts'
import { body } from './body/index.ts'
import { effects } from './effects/index.ts'
import { governance } from './governance/index.ts'
import { industry } from './industry/index.ts'
import { market } from './market/index.ts'
import type { KernelPart } from './part.ts'
import { society } from './society/index.ts'

/** Everything the kernel knows how to do. Tables are looked up by kind, so their order means nothing. */
export const PARTS: readonly KernelPart[] = [core, body, effects, governance, industry, market, society]
