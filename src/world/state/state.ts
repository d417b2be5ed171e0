import { decodeCanonical, encodeCanonical, equalBytes, sha256, toHex, utf8Bytes } from '../../codec/index.ts'
import type { Value } from '../../codec/index.ts'
import { differingKeys, findItem, rootHash, treeItems, updateTree } from './merkle-tree.ts'
import type { TreeItem, TreeNode } from './merkle-tree.ts'
import { KernelError } from '../errors.ts'
import { CHECKPOINTS_KEY, compareStateKeys } from './keys.ts'
import { readCheckpoints } from './read.ts'
import type { Checkpoint } from './records.ts'

/** Roots of so many heights stay provable: a light client may be that far behind the peer it asks. */
export const PROVABLE_HEIGHTS = 128

export interface StateReader {
  /** The record under a key, null when absent. Records are never changed in place. */
  get(key: string): Value
}

/** One committed record, decoded and as it is hashed. */
export interface StateItem extends TreeItem {
  readonly record: Value
}

export interface StateChange {
  readonly key: string
  readonly keyHash: Uint8Array
  /** Null deletes. */
  readonly item: StateItem | null
}

interface HistoricRoot {
  readonly height: number
  readonly root: TreeNode | null
}

export const hashKey = (key: string): Uint8Array => sha256(utf8Bytes(key))

export function makeItem(key: string, record: Value, value: Uint8Array, keyHash: Uint8Array): StateItem {
  return { key, keyHash, value, valueHash: sha256(value), record }
}

/** The committed records and their tree. Changed only by `apply`, a whole block at a time. */
export class CommittedState implements StateReader {
  private readonly items: Map<string, StateItem>
  private currentHeight: number
  private tree: TreeNode | null
  private readonly history: HistoricRoot[]
  /** Trees of listed checkpoints, by height: they share with the newest tree what has not changed since. */
  private checkpointTrees: ReadonlyMap<number, TreeNode | null> = new Map()

  /** `tree` is that of the items; it is made when left out. */
  constructor(height: number, items: Iterable<StateItem>, tree?: TreeNode | null) {
    this.currentHeight = height
    this.items = new Map()
    for (const item of items) this.items.set(item.key, item)
    this.tree = tree === undefined ? updateTree(null, [...this.items.values()].map((item) => ({ keyHash: item.keyHash, item }))) : tree
    this.history = [{ height, root: this.tree }]
  }

  /** The state of a tree that a state had before. */
  static ofTree(height: number, tree: TreeNode | null): CommittedState {
    return new CommittedState(height, itemsOf(tree), tree)
  }

  get height(): number {
    return this.currentHeight
  }

  get root(): TreeNode | null {
    return this.tree
  }

  get rootHash(): Uint8Array {
    return rootHash(this.tree)
  }

  get size(): number {
    return this.items.size
  }

  get(key: string): Value {
    return this.items.get(key)?.record ?? null
  }

  item(key: string): StateItem | undefined {
    return this.items.get(key)
  }

  /** Keys in ascending order. */
  keys(): string[] {
    return [...this.items.keys()].sort(compareStateKeys)
  }

  /** Keys that begin with `prefix`, ascending. */
  keysFrom(prefix: string): string[] {
    const found: string[] = []
    for (const key of this.items.keys()) if (key.startsWith(prefix)) found.push(key)
    return found.sort(compareStateKeys)
  }

  /** The tree after `changes`, without changing anything here. */
  treeAfter(changes: readonly StateChange[]): TreeNode | null {
    return updateTree(this.tree, changes.map(({ keyHash, item }) => ({ keyHash, item })))
  }

  /** The tree of another state, made of this one's nodes where they are the same. */
  treeAs(other: CommittedState): TreeNode | null {
    const changes = differingKeys(this.tree, other.tree).map((key): StateChange => {
      const item = other.item(key) ?? null
      return { key, keyHash: (item ?? this.item(key)!).keyHash, item }
    })
    return this.treeAfter(changes)
  }

  /** Takes over changes whose tree is `tree`. */
  apply(height: number, changes: readonly StateChange[], tree: TreeNode | null): void {
    for (const { key, item } of changes) {
      if (item === null) this.items.delete(key)
      else this.items.set(key, item)
    }
    this.tree = tree
    this.currentHeight = height
    this.history.push({ height, root: tree })
    if (this.history.length > PROVABLE_HEIGHTS) this.history.shift()
    if (changes.some(({ key }) => key === CHECKPOINTS_KEY)) this.keepCheckpoints((at) => this.checkpointTrees.get(at) ?? this.rootAt(at))
  }

  /** The tree of a listed checkpoint; undefined when it is not here. */
  checkpointTree(height: number): TreeNode | null | undefined {
    return this.checkpointTrees.get(height)
  }

  /** Keeps the trees of listed checkpoints that `treeOf` has, and forgets all others. */
  keepCheckpoints(treeOf: (height: number) => TreeNode | null | undefined): void {
    const found = readCheckpoints(this).map(({ height, state_root }) => [height, state_root, treeOf(height)] as const)
    this.checkpointTrees = new Map(found.flatMap(([height, root, tree]) => (tree !== undefined && toHex(rootHash(tree)) === root ? [[height, tree] as const] : [])))
  }

  /** Those that are here, ascending. */
  checkpoints(): Checkpoint[] {
    return readCheckpoints(this).filter(({ height }) => this.checkpointTrees.has(height))
  }

  /** The tree as of a recent height; undefined when it is no longer, or not yet, here. */
  rootAt(height: number): TreeNode | null | undefined {
    const at = this.history.find((entry) => entry.height === height)
    return at === undefined ? undefined : at.root
  }
}

/** A committed state as it will be after changes. */
export class ChangedState implements StateReader {
  private readonly base: StateReader
  private readonly changes: ReadonlyMap<string, Value>

  constructor(base: StateReader, changes: readonly StateChange[]) {
    this.base = base
    this.changes = new Map(changes.map(({ key, item }) => [key, item?.record ?? null]))
  }

  get(key: string): Value {
    const changed = this.changes.get(key)
    return changed === undefined ? this.base.get(key) : changed
  }
}

/** Changes over a committed state, dropped as a whole or turned into a block's writes. */
export class StagedState implements StateReader {
  private readonly base: CommittedState
  private readonly changed = new Map<string, Value>()
  /** What each change replaced, for taking back a failed action; undefined when the key had not been changed before. */
  private readonly undo: { readonly key: string; readonly previous: Value | undefined }[] = []

  constructor(base: CommittedState) {
    this.base = base
  }

  get(key: string): Value {
    const changed = this.changed.get(key)
    return changed === undefined ? this.base.get(key) : changed
  }

  /** Null deletes. */
  set(key: string, record: Value): void {
    this.undo.push({ key, previous: this.changed.get(key) })
    this.changed.set(key, record)
  }

  /** Keys that were set, in the order they were first set. */
  changedKeys(): Iterable<string> {
    return this.changed.keys()
  }

  /** A checkpoint, and the keys under which anything may be different there, ascending. Throws `CHECKPOINT_MISSING`. */
  since(height: number): { readonly past: StateReader; readonly keys: readonly string[] } {
    const tree = this.base.checkpointTree(height)
    if (tree === undefined) throw new KernelError('CHECKPOINT_MISSING', `The world goes back to height ${height}, whose state is not here. Take it from a snapshot, or a later state of the world.`, { height })
    const past: StateReader = { get: (key) => (findItem(tree, hashKey(key)) as StateItem | null)?.record ?? null }
    return { past, keys: [...new Set([...differingKeys(this.base.root, tree), ...this.changed.keys()])].sort(compareStateKeys) }
  }

  savepoint(): number {
    return this.undo.length
  }

  rollbackTo(savepoint: number): void {
    while (this.undo.length > savepoint) {
      const { key, previous } = this.undo.pop()!
      if (previous === undefined) this.changed.delete(key)
      else this.changed.set(key, previous)
    }
  }

  /** What differs from the committed state, ascending by key; each record is encoded once. */
  changes(): StateChange[] {
    const changes: StateChange[] = []
    for (const key of [...this.changed.keys()].sort(compareStateKeys)) {
      const record = this.changed.get(key)!
      const before = this.base.item(key)
      if (record === null) {
        if (before !== undefined) changes.push({ key, keyHash: before.keyHash, item: null })
        continue
      }
      const value = encodeCanonical(record)
      if (before !== undefined && equalBytes(before.value, value)) continue
      const keyHash = before?.keyHash ?? hashKey(key)
      changes.push({ key, keyHash, item: makeItem(key, record, value, keyHash) })
    }
    return changes
  }
}

/** Trees of states are made of their items. */
export function itemsOf(tree: TreeNode | null): Iterable<StateItem> {
  return treeItems(tree) as Iterable<TreeItem> as Iterable<StateItem>
}

/** The bytes under a key in an older tree, decoded anew. */
export function readAt(root: TreeNode | null, key: string): { readonly record: Value; readonly value: Uint8Array } | null {
  const item = findItem(root, hashKey(key))
  return item === null ? null : { record: decodeCanonical(item.value), value: item.value }
}
