import { schema } from '../../codec/index.ts'
import type { Infer } from '../../codec/index.ts'

const { object } = schema

export const industryParamsSchema = object({})
export type IndustryParams = Infer<typeof industryParamsSchema>

export const DEFAULT_INDUSTRY_PARAMS: IndustryParams = {}
