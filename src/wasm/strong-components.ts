/**
 * Strongly connected components of a directed graph, successors first (Tarjan 1972). Iterative: a hostile module may chain
 * thousands of functions.
 */
export function strongComponents(successors: readonly (readonly number[])[]): number[][] {
  const count = successors.length
  const order = new Int32Array(count).fill(-1)
  const low = new Int32Array(count)
  const nextSuccessor = new Int32Array(count)
  const onStack = new Uint8Array(count)
  const stack: number[] = []
  const path: number[] = []
  const components: number[][] = []
  let visited = 0

  const visit = (node: number): void => {
    order[node] = low[node] = visited++
    stack.push(node)
    onStack[node] = 1
    path.push(node)
  }
  for (let root = 0; root < count; root++) {
    if (order[root]! >= 0) continue
    visit(root)
    while (path.length > 0) {
      const node = path.at(-1)!
      const successor = successors[node]![nextSuccessor[node]!++]
      if (successor !== undefined) {
        if (order[successor]! < 0) visit(successor)
        else if (onStack[successor] === 1) low[node] = Math.min(low[node]!, order[successor]!)
        continue
      }
      path.pop()
      const parent = path.at(-1)
      if (parent !== undefined) low[parent] = Math.min(low[parent]!, low[node]!)
      if (low[node] !== order[node]) continue
      const component = stack.splice(stack.lastIndexOf(node))
      for (const member of component) onStack[member] = 0
      components.push(component)
    }
  }
  return components
}
