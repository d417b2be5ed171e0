/**
 * Asks the browser not to evict this origin's data under storage pressure. False when it will not promise, or cannot be
 * asked: the node works all the same and fetches again what is evicted.
 */
export async function requestPersistence(): Promise<boolean> {
  try {
    return await navigator.storage.persist()
  } catch {
    return false // no such interface outside secure contexts
  }
}
