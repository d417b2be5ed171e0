import { schema } from '../../codec/index.ts'
import type { Infer } from '../../codec/index.ts'

const { object } = schema

export const societyParamsSchema = object({})
export type SocietyParams = Infer<typeof societyParamsSchema>

export const DEFAULT_SOCIETY_PARAMS: SocietyParams = {}
