import type { ErrorInfo, Value } from '../../codec/index.ts'
import type { WorldView } from '../../world/index.ts'
import { createScriptedAgents } from './scripted-agents.ts'
import type { ScriptedAgentsStats } from './types.ts'

/** The parts of a node that scripted agents use; `WorldNode` has them. */
export interface AgentNode {
  readonly worldId: string
  head(): { readonly height: number } | null
  record(key: string): Promise<Value>
  keys(prefix: string, limit: number): Promise<readonly string[]>
  view(): Promise<Pick<WorldView, 'asteroids'>>
  submit(envelope: Uint8Array): Promise<unknown>
}

export interface RunScriptedAgentsInit {
  readonly node: AgentNode
  /** 32 bytes. */
  readonly master: Uint8Array
  readonly count: number
  readonly onProblem?: (problem: ErrorInfo) => void
}

/** Scripted agents of a node in this process. Call `onBlock` after every block. */
export function runScriptedAgents({ node, ...rest }: RunScriptedAgentsInit): { onBlock(): void; stop(): void; stats(): ScriptedAgentsStats } {
  const agents = createScriptedAgents({
    ...rest,
    host: {
      worldId: node.worldId,
      record: (key) => node.record(key),
      list: (prefix, limit) => node.keys(prefix, limit),
      asteroids: async () => (await node.view()).asteroids,
      submit: (envelope) => node.submit(envelope),
    },
  })
  return {
    onBlock: () => {
      const head = node.head()
      if (head !== null) void agents.onHeight(head.height)
    },
    stop: () => agents.stop(),
    stats: () => agents.stats(),
  }
}
