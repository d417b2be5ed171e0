import type { ModuleManifest, ModuleStage } from '../module-manifest.ts'

/** A module of the world, ready to be called. */
export interface HostedModule {
  readonly manifest: ModuleManifest
  readonly wasm: Uint8Array
}

/** True when `kind` is the pattern, or begins with it up to its `*`. */
export function matchesKind(pattern: string, kind: string): boolean {
  return pattern.endsWith('*') ? kind.startsWith(pattern.slice(0, -1)) : pattern === kind
}

/** Which modules are called where; answers are kept, since kinds are few and asked for with every action. */
export class Subscriptions {
  private readonly modules: readonly HostedModule[]
  private readonly known = new Map<string, readonly HostedModule[]>()

  constructor(modules: readonly HostedModule[]) {
    this.modules = [...modules].sort((a, b) => (a.manifest.module_id < b.manifest.module_id ? -1 : 1))
  }

  /** In ascending order of module id: the order of calls. `kind` is of the action or event; for ticks it is empty. */
  at(stage: ModuleStage, kind: string): readonly HostedModule[] {
    const question = `${stage} ${kind}`
    const known = this.known.get(question)
    if (known !== undefined) return known
    const found = this.modules.filter(({ manifest }) => subscribes(manifest, stage, kind))
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
