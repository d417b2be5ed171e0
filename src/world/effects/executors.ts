import { equalBytes, EXECUTOR_ID, MAX_RECEIPT_SIGNERS, schema } from '../../codec/index.ts'
import type { Infer, ReceiptSignature } from '../../codec/index.ts'
import { isValidPublicKey } from '../../crypto/index.ts'
import type { ReceiptAuthority } from '../../crypto/index.ts'
import { invalidGenesis } from '../errors.ts'
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

/** That executors are listed in order, with keys that may be used, and groups of nodes that are listed. Throws `GENESIS_INVALID`. */
export function assertExecutors(executors: readonly ListedExecutor[]): void {
  const nodes = new Map(executors.flatMap(({ executor_id, executor }): [string, Node][] => (executor.kind === 'node' ? [[executor_id, executor]] : [])))
  const keys: Uint8Array[] = []
  executors.forEach(({ executor_id, executor }, index) => {
    if (index > 0 && executors[index - 1]!.executor_id >= executor_id) invalidGenesis('Effect executors must be listed in ascending order of executor_id, each once.', { executor_id })
    const key = executor.kind === 'node' ? executor.public_key : executor.group_key
    if (key !== null && !isValidPublicKey(key)) invalidGenesis(`The key of the effect executor "${executor_id}" is no valid Ed25519 key.`, { executor_id })
    if (key !== null && keys.some((other) => equalBytes(other, key))) invalidGenesis(`The key of the effect executor "${executor_id}" is that of another one: nobody counts twice.`, { executor_id })
    if (key !== null) keys.push(key)
    if (executor.kind === 'node') return
    const { threshold, participants } = executor
    if (threshold > participants.length) invalidGenesis(`The group "${executor_id}" has fewer participants than it takes signatures.`, { executor_id })
    participants.forEach((id, at) => {
      if (at > 0 && participants[at - 1]! >= id) invalidGenesis(`The participants of the group "${executor_id}" must be listed in ascending order, each once.`, { executor_id })
      if (!nodes.has(id)) invalidGenesis(`"${id}" of the group "${executor_id}" is no listed node.`, { executor_id, participant: id })
    })
  })
}
