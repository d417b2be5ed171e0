import { invalidGenesis as invalid } from './errors.ts'
import type { Genesis } from './genesis.ts'
import { asteroidKey, worldInstanceId } from './state/keys.ts'
import type { ListedInstance } from './rules/subscriptions.ts'

export const moduleOfInstance = (instanceId: string): string => instanceId.slice(0, instanceId.indexOf('#'))

/** Every instance of a new world, ascending by id: those listed, and number 1 of each module for the whole world unless it is among them. */
export function genesisInstances({ modules, instances }: Pick<Genesis, 'modules' | 'instances'>): ListedInstance[] {
  const listed = instances.map((instance): ListedInstance => ({ ...instance, module_id: moduleOfInstance(instance.instance_id) }))
  const ids = new Set(listed.map(({ instance_id }) => instance_id))
  const everywhere = modules
    .map(({ manifest: { module_id } }): ListedInstance => ({ instance_id: worldInstanceId(module_id), module_id, target: { kind: 'world' }, owner: null }))
    .filter(({ instance_id }) => !ids.has(instance_id))
  return [...everywhere, ...listed].sort((a, b) => (a.instance_id < b.instance_id ? -1 : 1))
}

/** `agents` are the ids of the settled ones. Throws `GENESIS_INVALID`. */
export function assertInstances({ modules, instances, scenario }: Genesis, agents: ReadonlySet<string>): void {
  const ids = new Set(modules.map(({ manifest }) => manifest.module_id))
  const places = new Set(Array.from({ length: instances.length === 0 ? 0 : scenario.asteroids }, (_, index) => asteroidKey(index + 1)))
  instances.forEach(({ instance_id, target, owner }, index) => {
    const refuse = (reason: string): never => invalid(`The instance ${instance_id} ${reason}`, { instance_id })
    if (index > 0 && instances[index - 1]!.instance_id >= instance_id) refuse('is out of order. List instances in ascending order of instance_id, each once.')
    const moduleId = moduleOfInstance(instance_id)
    if (!ids.has(moduleId)) refuse('is of a module that is not listed.')
    if (target.kind === 'world') refuse('must be for an agent or an asteroid. Leave number 1 out and it sees the whole world.')
    if (target.kind === 'self_agent' && !agents.has(target.agent)) refuse('is for an agent that is not settled.')
    if (target.kind === 'location_infrastructure' && !places.has(target.asteroid)) refuse('is for an asteroid that does not exist.')
    if (owner !== null && !agents.has(owner)) refuse('belongs to an agent that is not settled.')
    if (target.kind === 'self_agent' && owner !== null && owner !== target.agent) refuse('would judge an agent other than its owner.')
  })
}
