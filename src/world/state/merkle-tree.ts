import { HASH_BYTES, sha256 } from '../../codec/index.ts'

/**
 * Compact sparse Merkle tree over SHA-256 (DESIGN §5; the shape of Diem's Jellyfish Merkle tree): a binary trie over key hashes in
 * which a subtree holding exactly one key is that leaf. Nodes never change, so every root ever kept stays provable, and the tree
 * depends on its content alone, not on the order of updates.
 *
 *   leaf = SHA-256(0x00 ‖ keyHash ‖ valueHash)   inner = SHA-256(0x01 ‖ left ‖ right)   empty = 32 zero bytes
 */
export type TreeNode = Leaf | Inner

/** `item` travels with the leaf, so that an old root leads to the values of its time as well. */
export interface Leaf {
  readonly item: TreeItem
  readonly hash: Uint8Array
  readonly left?: undefined
}

interface Inner {
  readonly item?: undefined
  readonly hash: Uint8Array
  readonly left: TreeNode | null
  readonly right: TreeNode | null
}

/** One entry of the state with its hashes. */
export interface TreeItem {
  readonly key: string
  readonly keyHash: Uint8Array
  readonly value: Uint8Array
  readonly valueHash: Uint8Array
}

/** `item` null removes the key. */
export interface TreeUpdate {
  readonly keyHash: Uint8Array
  readonly item: TreeItem | null
}

/** Siblings from the root to the leaf; `leaf` is what stands at the end of the path: null, this key's leaf, or another's (proof of absence). */
export interface StateProof {
  readonly siblings: Uint8Array[]
  readonly leaf: { readonly key_hash: Uint8Array; readonly value_hash: Uint8Array } | null
}

const EMPTY_HASH = new Uint8Array(HASH_BYTES)
const LEAF_TAG = 0
const INNER_TAG = 1
/** Reused: SHA-256 reads it and keeps nothing. */
const hashInput = new Uint8Array(1 + 2 * HASH_BYTES)

export function rootHash(node: TreeNode | null): Uint8Array {
  return node === null ? EMPTY_HASH : node.hash
}

/** The tree after all updates, in one walk. Keys must be distinct; the order does not matter. Sorts `updates` in place. */
export function updateTree(root: TreeNode | null, updates: TreeUpdate[]): TreeNode | null {
  updates.sort((a, b) => compareHashes(a.keyHash, b.keyHash))
  return apply(root, updates, 0, updates.length, 0)
}

/** The entry under a key hash, or null. */
export function findItem(root: TreeNode | null, keyHash: Uint8Array): TreeItem | null {
  let node = root
  for (let depth = 0; node !== null && node.item === undefined; depth++) node = bitAt(keyHash, depth) === 0 ? node.left : node.right
  return node !== null && compareHashes(node.item.keyHash, keyHash) === 0 ? node.item : null
}

/** All entries, in the order of their key hashes. */
export function* treeItems(node: TreeNode | null): Generator<TreeItem> {
  if (node === null) return
  if (node.item !== undefined) {
    yield node.item
    return
  }
  yield* treeItems(node.left)
  yield* treeItems(node.right)
}

/** Adds to `keys` those that are in one tree only or have another value in the other. What both share is not walked. */
export function differingKeys(a: TreeNode | null, b: TreeNode | null, keys: string[] = []): string[] {
  if (compareHashes(rootHash(a), rootHash(b)) === 0) return keys
  if (a !== null && b !== null && a.item === undefined && b.item === undefined) {
    differingKeys(a.left, b.left, keys)
    return differingKeys(a.right, b.right, keys)
  }
  const values = new Map([...treeItems(a)].map(({ key, valueHash }) => [key, valueHash]))
  for (const { key, valueHash } of treeItems(b)) {
    const value = values.get(key)
    values.delete(key)
    if (value === undefined || compareHashes(value, valueHash) !== 0) keys.push(key)
  }
  for (const key of values.keys()) keys.push(key)
  return keys
}

export function proveKey(root: TreeNode | null, keyHash: Uint8Array): StateProof {
  const siblings: Uint8Array[] = []
  let node = root
  for (let depth = 0; node !== null && node.item === undefined; depth++) {
    const goLeft = bitAt(keyHash, depth) === 0
    siblings.push(rootHash(goLeft ? node.right : node.left))
    node = goLeft ? node.left : node.right
  }
  return { siblings, leaf: node === null ? null : { key_hash: node.item.keyHash, value_hash: node.item.valueHash } }
}

/** Applies `updates[from, to)`, sorted by key hash and all under this node, to the subtree at `depth`. */
function apply(node: TreeNode | null, updates: readonly TreeUpdate[], from: number, to: number, depth: number): TreeNode | null {
  if (from === to) return node
  if (node === null || node.item !== undefined) return buildSubtree(mergedLeaves(node, updates, from, to), depth)
  const middle = splitAt(updates, from, to, depth)
  const left = apply(node.left, updates, from, middle, depth + 1)
  const right = apply(node.right, updates, middle, to, depth + 1)
  return left === node.left && right === node.right ? node : join(left, right)
}

/** The leaves, by key hash, of a subtree that held at most `old` before these updates. */
function mergedLeaves(old: Leaf | null, updates: readonly TreeUpdate[], from: number, to: number): Leaf[] {
  const leaves: Leaf[] = []
  let pending = old
  for (let i = from; i < to; i++) {
    const { keyHash, item } = updates[i]!
    if (pending !== null) {
      const order = compareHashes(pending.item.keyHash, keyHash)
      if (order < 0) leaves.push(pending)
      if (order <= 0) pending = null
    }
    if (item !== null) leaves.push(makeLeaf(item))
  }
  if (pending !== null) leaves.push(pending)
  return leaves
}

function buildSubtree(leaves: readonly Leaf[], depth: number): TreeNode | null {
  const build = (from: number, to: number, at: number): TreeNode | null => {
    if (from === to) return null
    if (to - from === 1) return leaves[from]!
    let low = from
    let high = to
    while (low < high) {
      const middle = (low + high) >> 1
      if (bitAt(leaves[middle]!.item.keyHash, at) === 1) high = middle
      else low = middle + 1
    }
    return join(build(from, low, at + 1), build(low, to, at + 1))
  }
  return build(0, leaves.length, depth)
}

/** First index whose key hash has bit `depth` set. */
function splitAt(updates: readonly TreeUpdate[], from: number, to: number, depth: number): number {
  let low = from
  let high = to
  while (low < high) {
    const middle = (low + high) >> 1
    if (bitAt(updates[middle]!.keyHash, depth) === 1) high = middle
    else low = middle + 1
  }
  return low
}

/** A subtree with one key is its leaf, one with none is empty: what makes the tree compact and independent of history. */
function join(left: TreeNode | null, right: TreeNode | null): TreeNode | null {
  if (left === null && (right === null || right.item !== undefined)) return right
  if (right === null && left!.item !== undefined) return left
  return { hash: taggedHash(INNER_TAG, rootHash(left), rootHash(right)), left, right }
}

function makeLeaf(item: TreeItem): Leaf {
  return { item, hash: taggedHash(LEAF_TAG, item.keyHash, item.valueHash) }
}

function taggedHash(tag: number, left: Uint8Array, right: Uint8Array): Uint8Array {
  hashInput[0] = tag
  hashInput.set(left, 1)
  hashInput.set(right, 1 + HASH_BYTES)
  return sha256(hashInput)
}

/** Bit `depth` of a hash, most significant first. */
function bitAt(hash: Uint8Array, depth: number): number {
  return (hash[depth >> 3]! >> (7 - (depth & 7))) & 1
}

function compareHashes(a: Uint8Array, b: Uint8Array): number {
  for (let i = 0; i < HASH_BYTES; i++) {
    const difference = a[i]! - b[i]!
    if (difference !== 0) return difference
  }
  return 0
}
