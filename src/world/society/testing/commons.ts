import { decodeCanonical, encodeCanonical } from '../../../codec/index.ts'
import type { Value, ValueMap } from '../../../codec/index.ts'
import { GAMEPLAY_KINDS } from '../../module-manifest.ts'
import type { GameplayKind } from '../../module-manifest.ts'
import { emitting } from '../../testing/hand-made.ts'
import type { BlockResult, ModuleExecutor } from '../../types.ts'
import type { SocietyParams } from '../params.ts'
import { finn, Gathering } from './gathering.ts'

export { ann, bob, cid, dora, eve, EVERYBODY, finn } from './gathering.ts'

/** What the gameplay module of one kind directs: given the facts at a tick, and null when it is told of an observation. */
export type Direct = (facts: ValueMap | null, height: number) => readonly Value[]

/** Modules of each kind, one told of observations, and one woken when there are facts for it; a test says what they direct. */
const gameplayModules = GAMEPLAY_KINDS.flatMap((kind) => {
  const abi_contract = { cap_slots: {}, policy_hooks: [], gameplay: { kind } }
  const told = emitting(`t.${kind}.told`, [], { role: 'gameplay', subscriptions: { action_kinds: [], event_kinds: ['observation.recorded'], stage: 'post_event' }, abi_contract })
  if (kind === 'economic') return [told] // no facts
  return [told, emitting(`t.${kind}`, [], { role: 'gameplay', subscriptions: { action_kinds: [], event_kinds: [], stage: 'tick' }, abi_contract })]
})

function executorOf(direct: (kind: GameplayKind, facts: ValueMap | null, height: number) => readonly Value[]): ModuleExecutor {
  return {
    call: ({ input }) => {
      const { ctx, event } = decodeCanonical(input) as { readonly ctx: { readonly module_id: string; readonly time: number }; readonly event?: Uint8Array }
      const facts = event === undefined ? null : ((decodeCanonical(event) as { readonly facts?: ValueMap | null }).facts ?? null)
      const directives = direct(ctx.module_id.split('.')[1] as GameplayKind, facts, ctx.time)
      const emits = directives.length === 0 ? [] : [{ kind: 'gameplay.lifecycle.directives', payload: { directives } }]
      return { ok: true, output: encodeCanonical({ effects: [], emits: emits as unknown as Value }), fuelUsed: 1 }
    },
  }
}

/** A gathering without rules, where a test plays the gameplay modules. */
export class Commons extends Gathering {
  direct: Partial<Record<GameplayKind, Direct>> = {}

  constructor(society: Partial<SocietyParams> = {}) {
    super({ modules: gameplayModules, society, executor: executorOf((kind, facts, height) => this.direct[kind]?.(facts, height) ?? []) })
  }

  /** One block in which the module of `kind`, told that somebody looked around, directs this. */
  directed(kind: GameplayKind, ...directives: readonly Value[]): BlockResult['events'] {
    const direct: Direct = (facts) => (facts === null ? directives : [])
    this.direct = { [kind]: direct }
    const { events } = this.do(finn, { kind: 'query_observation' })
    this.direct = {}
    return events
  }

  /** What the module of `kind` is told in the next block; null when it is not woken. */
  facts(kind: GameplayKind): ValueMap | null {
    let told: ValueMap | null = null
    const listen: Direct = (facts) => ((told = facts), [])
    this.direct = { [kind]: listen }
    this.block()
    this.direct = {}
    return told
  }

  /** Code a directive is refused with; null when it is carried out. */
  refusal(kind: GameplayKind, directive: Value): string | null {
    const refused = this.directed(kind, directive).find((event) => event.kind === 'directive.refused')
    return refused === undefined ? null : (refused.payload['code'] as string)
  }
}
