import type { Value, ValueMap } from '../../codec/index.ts'
import { matchesKind } from '../module-manifest.ts'
import type { ModuleManifest, ModuleStage } from '../module-manifest.ts'
import type { InstanceTarget } from '../state/records.ts'
import { compileFilter, filterFuel } from './filter.ts'
import type { CompiledFilter } from './filter.ts'

/** One instance of a module, ready to be called. */
export interface HostedInstance {
  readonly id: string
  readonly manifest: ModuleManifest
  readonly wasm: Uint8Array
  readonly target: InstanceTarget
  /** Who pays for its calls; null for the world. */
  readonly owner: string | null
  /** Null when it wants everything of the kinds it subscribes to. */
  readonly filter: CompiledFilter | null
  /** What asking the filter takes. */
  readonly filterFuel: number
}

/** A module that may run: its manifest was checked, so its filter compiles. */
export interface HostedModule {
  readonly manifest: ModuleManifest
  readonly wasm: Uint8Array
}

/** One use of a module. */
export interface ListedInstance {
  readonly instance_id: string
  readonly module_id: string
  readonly target: InstanceTarget
  readonly owner: string | null
}

/** The instances ready to be called, in the order they are listed. */
export function hostedInstances(instances: readonly ListedInstance[], modules: readonly HostedModule[]): HostedInstance[] {
  const ready = new Map(modules.map(({ manifest, wasm }) => {
    const { filters } = manifest.subscriptions
    return [manifest.module_id, { manifest, wasm, filter: filters === undefined ? null : compileFilter(filters), filterFuel: filters === undefined ? 0 : filterFuel(filters) }]
  }))
  return instances.map(({ instance_id, module_id, target, owner }) => ({ id: instance_id, target, owner, ...ready.get(module_id)! }))
}

/** What an action or event is about: decides which instances hear of it. */
export interface Topic {
  /** What may be ids of agents: who acts, and to whom it is done. */
  readonly agents: readonly unknown[]
  /** What may be ids of asteroids. */
  readonly asteroids: readonly unknown[]
  /** As modules see it. */
  readonly subject: Value
}

/** `location` is the asteroid the actor docks at. */
export function topicOfAction(subject: { readonly actor: string; readonly facts: ValueMap }, location: string | null): Topic {
  const { actor, facts } = subject
  return { agents: [actor], asteroids: [facts['asteroid'] ?? location], subject: subject as unknown as Value }
}

export function topicOfEvent(subject: { readonly payload: ValueMap }): Topic {
  const { agent, actor, to, asteroid, to_asteroid } = subject.payload
  return { agents: [agent, actor, to], asteroids: [asteroid, to_asteroid], subject: subject as unknown as Value }
}

/** Takes the fuel, if there is so much. */
export type TakeFuel = (fuel: number) => boolean

/** Who cannot be asked for want of fuel counts as concerned: it will not be called for the same reason, and a rule then denies. */
function concerns({ target, filter, filterFuel: fuel }: HostedInstance, { agents, asteroids, subject }: Topic, take: TakeFuel): boolean {
  if (target.kind === 'self_agent' && !agents.includes(target.agent)) return false
  if (target.kind === 'location_infrastructure' && !asteroids.includes(target.asteroid)) return false
  return filter === null || !take(fuel) || filter(subject)
}

interface Subscribers {
  readonly instances: readonly HostedInstance[]
  /** Whether it takes a look at what happened to know which of them are called. */
  readonly selective: boolean
}

/** Which instances are called where; answers are kept, since kinds are few and asked for with every action. */
export class Subscriptions {
  private readonly instances: readonly HostedInstance[]
  private readonly hooked: readonly HostedInstance[]
  private readonly known = new Map<string, Subscribers>()

  /** `instances` in the order of their ids: the order of calls. */
  constructor(instances: readonly HostedInstance[]) {
    this.instances = instances
    this.hooked = instances.filter(({ manifest, target }) => target.kind === 'world' && (manifest.abi_contract?.policy_hooks.length ?? 0) > 0)
  }

  /** Those who want to hear of `kind`, the kind of the action or event. `topic` is worked out only where it matters; patterns take fuel. */
  about(stage: Exclude<ModuleStage, 'tick'>, kind: string, topic: () => Topic, take: TakeFuel): readonly HostedInstance[] {
    const { instances, selective } = this.subscribers(stage, kind)
    if (!selective) return instances
    const about = topic()
    return instances.filter((instance) => concerns(instance, about, take))
  }

  /** Those called at ticks, awake or not. */
  ticking(): readonly HostedInstance[] {
    return this.subscribers('tick', '').instances
  }

  /** The world's own policy hooks for a kind of effect. */
  hooks(effectKind: string): readonly HostedInstance[] {
    return this.hooked.filter(({ manifest }) => manifest.abi_contract!.policy_hooks.some((pattern) => matchesKind(pattern, effectKind)))
  }

  private subscribers(stage: ModuleStage, kind: string): Subscribers {
    const question = `${stage} ${kind}`
    const known = this.known.get(question)
    if (known !== undefined) return known
    const instances = this.instances.filter(({ manifest }) => subscribes(manifest, stage, kind))
    const found = { instances, selective: instances.some(({ target, filter }) => target.kind !== 'world' || filter !== null) }
    this.known.set(question, found)
    return found
  }
}

function subscribes({ subscriptions }: ModuleManifest, stage: ModuleStage, kind: string): boolean {
  if (subscriptions.stage !== stage) return false
  if (stage === 'tick') return true
  const patterns = stage === 'post_event' ? subscriptions.event_kinds : subscriptions.action_kinds
  return patterns.some((pattern) => matchesKind(pattern, kind))
}
