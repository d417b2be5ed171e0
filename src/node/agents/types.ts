import type { ErrorInfo, Value } from '../../codec/index.ts'
import type { AgentRecord, AsteroidColumns } from '../../world/index.ts'

/** What the agents see of the world and how they act in it. */
export interface AgentHost {
  readonly worldId: string
  /** The record under a state key at the newest height; null when there is none. */
  readonly record: (key: string) => Promise<Value>
  /** Keys of the state that begin with `prefix`, ascending, at most `limit`. */
  readonly list: (prefix: string, limit: number) => Promise<readonly string[]>
  readonly asteroids: () => Promise<AsteroidColumns>
  /** Hands over a signed envelope. Throws a typed error when it is refused at once. */
  readonly submit: (envelope: Uint8Array) => Promise<unknown>
}

export interface ScriptedAgentsInit {
  readonly host: AgentHost
  /** 32 bytes; the keys of all agents follow from it. */
  readonly master: Uint8Array
  /** Agents with index 0 … count − 1. Those without a record register themselves. */
  readonly count: number
  /** Something did not work; the agents go on. */
  readonly onProblem?: (problem: ErrorInfo) => void
}

export interface ScriptedAgentsStats {
  readonly submitted: number
  /** Refused at once, by stable code. */
  readonly refused: Readonly<Record<string, number>>
  /** Submitted, by kind of action. */
  readonly kinds: Readonly<Record<string, number>>
}

export interface ScriptedAgents {
  /**
   * Call it for every new height; resolves when this block's agents have acted. A call while the last one still runs does nothing: agents
   * that are due stay due. Never rejects.
   */
  onHeight(height: number): Promise<void>
  stop(): void
  stats(): ScriptedAgentsStats
}

/** A record as this node's own kernel holds it, so of the right shape; null for an agent that is not in the world. */
export function agentRecord(value: Value): AgentRecord | null {
  return value === null ? null : (value as unknown as AgentRecord)
}

/** Where an agent is or will be next. */
export function whereabouts(record: AgentRecord | null): string | null {
  return record?.location ?? record?.motion?.to_asteroid ?? null
}
