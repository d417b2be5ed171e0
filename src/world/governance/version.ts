/** Order of module versions: numbers compared part by part. Versions have three parts of digits, of any length. */
export function compareVersions(a: string, b: string): number {
  const left = a.split('.')
  const right = b.split('.')
  for (let i = 0; i < left.length; i++) {
    const order = compareDigits(left[i]!, right[i]!)
    if (order !== 0) return order
  }
  return 0
}

/** Without leading zeros the longer number is the larger one, so no number is ever made of them. */
function compareDigits(a: string, b: string): number {
  const left = a.replace(/^0+/, '')
  const right = b.replace(/^0+/, '')
  if (left.length !== right.length) return left.length - right.length
  return left < right ? -1 : left > right ? 1 : 0
}
