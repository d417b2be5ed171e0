import { decodeCanonical, encodeCanonical, equalBytes, sha256, utf8Bytes } from '../../codec/index.ts'
import type { Value } from '../../codec/index.ts'
import { findItem, rootHash, updateTree } from './merkle-tree.ts'
import type { TreeItem, TreeNode, TreeUpdate } from './merkle-tree.ts'
import { compareStateKeys } from './keys.ts'

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

  constructor(height: number, items: Iterable<StateItem>) {
    this.currentHeight = height
    this.items = new Map()
    const updates: TreeUpdate[] = []
    for (const item of items) {
      this.items.set(item.key, item)
      updates.push({ keyHash: item.keyHash, item })
    }
    this.tree = updateTree(null, updates)
    this.history = [{ height, root: this.tree }]
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

/** The bytes under a key in an older tree, decoded anew. */
export function readAt(root: TreeNode | null, key: string): { readonly record: Value; readonly value: Uint8Array } | null {
  const item = findItem(root, hashKey(key))
  return item === null ? null : { record: decodeCanonical(item.value), value: item.value }
}
