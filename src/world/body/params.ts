import { schema } from '../../codec/index.ts'
import type { Infer } from '../../codec/index.ts'

const { object } = schema

export const bodyParamsSchema = object({})
export type BodyParams = Infer<typeof bodyParamsSchema>

export const DEFAULT_BODY_PARAMS: BodyParams = {}
