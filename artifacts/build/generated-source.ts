import { toHex } from '../../src/codec/index.ts'
import type { TrustedSigner } from '../../src/world/index.ts'
import { identityAsJson } from './identity-file.ts'
import type { SignedModule } from './identities.ts'
import type { ModuleSet } from './sets.ts'

export const GENERATED_SIGNERS_PATH = 'src/artifacts/generated/signers.ts'

const HEADER = (source: string, command: string): string => `// Generated from ${source}; "npm run artifacts -- ${command}" writes it anew.\n`

/**
 * The modules of a set as a TypeScript file: the one form that Node, a bundler and a page under a strict policy all load the same way.
 * The modules are a few kilobytes each, so base64 costs less than one more request.
 */
export function generatedModules(set: ModuleSet, modules: readonly SignedModule[]): string {
  const entries = modules.map(({ manifest, identity, wasm }) => `  {
    manifest: ${literal(manifest, 4)},
    identity: ${literal(identityAsJson(identity), 4)},
    wasm_base64: '${Buffer.from(wasm).toString('base64')}',
  },
`)
  return `${HEADER(`artifacts/modules/${set}`, `sync ${set}`)}import type { EmbeddedModule } from '../embedded.ts'

export const ${set.toUpperCase()}_MODULES: readonly EmbeddedModule[] = [
${entries.join('')}]
`
}

export function generatedSigners(signers: readonly TrustedSigner[]): string {
  const entries = signers.map(({ node_id, public_key }) => `  { node_id: '${node_id}', public_key: '${toHex(public_key)}' },\n`)
  return `${HEADER('artifacts/trusted_signers.json', 'sync all')}
/** Who may sign built-in modules; public keys in hex. */
export const SIGNERS: readonly { readonly node_id: string; readonly public_key: string }[] = [
${entries.join('')}]
`
}

/** JSON is a subset of TypeScript's literals. */
function literal(value: unknown, indent: number): string {
  return JSON.stringify(value, null, 2).replaceAll('\n', `\n${' '.repeat(indent)}`)
}
