import type { AnyActionRule } from './actions/action-rule.ts'
import { PARTS } from './parts.ts'

/** Every action an actor may request, by kind. */
export const ACTION_RULES: ReadonlyMap<string, AnyActionRule> = new Map(PARTS.flatMap(({ actions }) => actions).map((rule) => [rule.kind, rule]))
