import { schema } from '../../codec/index.ts'
import type { Value } from '../../codec/index.ts'
import { defineAction } from '../actions/action-rule.ts'
import { reject } from '../rejections.ts'
import type { StagedState } from '../state/state.ts'
import type { BodyAttributesUpdated } from './events.ts'
import { bodyKey } from './keys.ts'
import { bodyViewSchema } from './records.ts'
import { readBody } from './slots.ts'

const { int, literal, object } = schema

const anyMeasure = int()

/** Gives the body other measures. What that costs, and which measures go together, is for the rules to say. */
export const bodyAction = defineAction({
  kind: 'body_action',
  actors: 'agents',
  shape: object({
    kind: literal('body_action'),
    view: object({ mass_kg: anyMeasure, radius_cm: anyMeasure, thrust_limit: anyMeasure, cross_section_cm2: anyMeasure }),
  }),
  override: object({ kind: literal('emit_body_attributes'), view: bodyViewSchema }),
  fuel: 0,
  examine: ({ state, actor, agent }, { view }) => ({ facts: { view: readBody(state, actor).view, wanted: view, electricity: agent!.electricity } }),
  conclude: ({ actor }, _action, _facts, { override }) =>
    override === null ? reject('RULE_MISSING') : { event: 'body.attributes_updated', payload: { agent: actor, view: override.view } },
})

export function applyBodyAttributes(state: StagedState, { agent, view }: BodyAttributesUpdated): void {
  state.set(bodyKey(agent), { ...readBody(state, agent), view } as unknown as Value)
}
