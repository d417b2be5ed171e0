import { equalBytes, EXECUTOR_ID, MAX_RECEIPT_SIGNERS, schema } from '../../codec/index.ts'
import type { Infer, ReceiptSignature } from '../../codec/index.ts'
import type { ReceiptAuthority } from '../../crypto/index.ts'
import { KIND_PATTERN, matchesKind } from '../module-manifest.ts'
import type { StateReader } from '../state/state.ts'
import { executorKey } from './keys.ts'

const { array, fixedBytes, int, literal, nullable, object, union } = schema

/** Kinds of effects it carries out by itself, or prefixes followed by `*`. A node that only signs with a group has none. */
const effect_kinds = array(KIND_PATTERN, 16)

/** Who may say what came of effects. */
export const executorSchema = union('kind', {
  node: object({ kind: literal('node'), public_key: fixedBytes(32), effect_kinds }),
  /** Nodes that vouch together: `threshold` of them one by one, or all in one signature under `group_key`. */
  group: object({
    kind: literal('group'),
    threshold: int(1, MAX_RECEIPT_SIGNERS),
    /** Nodes, ascending. */
    participants: array(EXECUTOR_ID, MAX_RECEIPT_SIGNERS),
    group_key: nullable(fixedBytes(32)),
    effect_kinds,
  }),
})
export type Executor = Infer<typeof executorSchema>
type Node = Extract<Executor, { readonly kind: 'node' }>
type Group = Extract<Executor, { readonly kind: 'group' }>

/** As a genesis lists them. */
export const listedExecutorSchema = object({ executor_id: EXECUTOR_ID, executor: executorSchema })
export type ListedExecutor = Infer<typeof listedExecutorSchema>

export const readExecutor = (state: StateReader, id: string): Executor | null => state.get(executorKey(id)) as unknown as Executor | null

/** Who vouches for a receipt; null in schemes without names. */
export function executorOf(signature: ReceiptSignature): string | null {
  return signature.algorithm === 'ed25519' ? signature.signer_node_id : signature.algorithm === 'threshold_ed25519' ? signature.signer_group_id : null
}

export function mayExecute({ effect_kinds: kinds }: Executor, effectKind: string): boolean {
  return kinds.some((pattern) => matchesKind(pattern, effectKind))
}

/** Executors of the state, for verifying receipts against. */
export function authorityOf(state: StateReader, receiptsRoot: ReceiptAuthority['receiptsRoot']): ReceiptAuthority {
  return {
    node: (id) => {
      const executor = readExecutor(state, id)
      return executor?.kind === 'node' ? executor.public_key : null
    },
    group: (id) => {
      const executor = readExecutor(state, id)
      return executor?.kind === 'group' ? executor : null
    },
    receiptsRoot,
  }
}

/** What is wrong with a list of executors, and with which. */
export interface BadExecutors {
  readonly message: string
  readonly executor_id: string
}

/** Why executors are not listed in order, or have keys that may not be used, or groups of nodes that are not listed; null when all is well. */
export function whyBadExecutors(executors: readonly ListedExecutor[], isValidKey: (key: Uint8Array) => boolean): BadExecutors | null {
  const nodes = new Map(executors.flatMap(({ executor_id, executor }): [string, Node][] => (executor.kind === 'node' ? [[executor_id, executor]] : [])))
  const keys: Uint8Array[] = []
  for (const [index, { executor_id, executor }] of executors.entries()) {
    const bad = (message: string): BadExecutors => ({ message, executor_id })
    if (index > 0 && executors[index - 1]!.executor_id >= executor_id) return bad('Effect executors must be listed in ascending order of executor_id, each once.')
    const key = executor.kind === 'node' ? executor.public_key : executor.group_key
    if (key !== null && !isValidKey(key)) return bad(`The key of the effect executor "${executor_id}" is no valid Ed25519 key.`)
    if (key !== null && keys.some((other) => equalBytes(other, key))) return bad(`The key of the effect executor "${executor_id}" is that of another one: nobody counts twice.`)
    if (key !== null) keys.push(key)
    const wrong = executor.kind === 'node' ? null : whyBadGroup(executor_id, executor, nodes)
    if (wrong !== null) return bad(wrong)
  }
  return null
}

function whyBadGroup(id: string, { threshold, participants }: Group, nodes: ReadonlyMap<string, Node>): string | null {
  if (threshold > participants.length) return `The group "${id}" has fewer participants than it takes signatures.`
  if (participants.some((participant, at) => at > 0 && participants[at - 1]! >= participant)) return `The participants of the group "${id}" must be listed in ascending order, each once.`
  const stranger = participants.find((participant) => !nodes.has(participant))
  return stranger === undefined ? null : `"${stranger}" of the group "${id}" is no listed node.`
}
