// Plain JavaScript that any Node.js can read: says what to do before a too old one stumbles over TypeScript.
const major = Number(process.versions.node.split('.')[0])
if (major < 24) {
  console.error(
    `NODE_TOO_OLD: this is Node.js ${process.versions.node}; 24 or newer is needed. "npm ci" brings it on Linux x64 and arm64, ` +
      'so run "npm ci" again without --omit=optional; elsewhere install Node.js 24 or newer.',
  )
  process.exit(1)
}
