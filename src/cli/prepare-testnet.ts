import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { BUILTIN_SIGNERS } from '../artifacts/index.ts'
import { publicKeyOf } from '../crypto/index.ts'
import { agentName, agentSeed } from '../node/agents/index.ts'
import { createGenesis, decodeGenesis, encodeGenesis, GenesisError, SCENARIOS, worldIdOf } from '../world/index.ts'
import type { Genesis, ScenarioName } from '../world/index.ts'
import { storedModules } from './stored-modules.ts'
import { ConfigError, readNodeFile, secretFile, writeNodeFile } from './node-config.ts'
import type { NodeFile } from './node-config.ts'
import { isGovernedBy, makeGovernance, readGovernance, signerFiles, writeSignerKeys } from './testnet-signers.ts'
import type { SignerFiles } from './testnet-signers.ts'

export interface TestnetOptions {
  readonly directory: string
  readonly scenario: ScenarioName
  readonly validators: number
  readonly host: string
  readonly port: number
  readonly blockIntervalMs: number
  /** File that names who governs the world. Default: keys of testnet signers are made with it. */
  readonly signers?: string
}

export interface PreparedTestnet {
  readonly world_id: string
  /** True when the world existed already. */
  readonly existing: boolean
  readonly validators: readonly string[]
  readonly gateway: string
  /** Agents placed at genesis; scripted agents above this number register by themselves. */
  readonly settledAgents: number
  /** Keys of who governs the world, where they were made with it. */
  readonly signers: SignerFiles | null
}

/** What was chosen when the world was made; changing it later would make another world. */
interface TestnetFile {
  readonly scenario: ScenarioName
  readonly validators: number
}

const STAKE = 100

/** Ports of a testnet: the page, then the gateway's websocket, then one for each validator. */
export function testnetPorts(port: number, validators: number): readonly number[] {
  return Array.from({ length: validators + 2 }, (_, index) => port + index)
}

/**
 * Makes keys, genesis and configuration of a testnet, or takes up those in the directory. Throws `WORLD_DIFFERS` when the
 * directory holds a world of other choices: it is never overwritten.
 */
export async function prepareTestnet(options: TestnetOptions): Promise<PreparedTestnet> {
  const { directory } = options
  mkdirSync(directory, { recursive: true })
  const validators = Array.from({ length: options.validators }, (_, index) => `validator-${index + 1}`)
  const genesisPath = join(directory, 'genesis.cbor')
  const existing = existsSync(genesisPath)
  if (existing) assertSameChoices(directory, options)
  const gateway = join(directory, 'gateway')
  for (const name of [...validators, 'gateway']) mkdirSync(join(directory, name), { recursive: true })
  if (!existing) await writeGenesis(options, validators, gateway, genesisPath)
  const genesis = readGenesis(directory, genesisPath)
  if (existing) assertSameSigners(directory, options, genesis)
  writeConfigurations(options, validators)
  return {
    world_id: worldIdOf(genesis), existing, gateway,
    validators: validators.map((name) => join(directory, name)),
    settledAgents: genesis.agents.length, signers: signerFiles(directory),
  }
}

async function writeGenesis(options: TestnetOptions, validators: readonly string[], gateway: string, path: string): Promise<void> {
  const { directory, scenario } = options
  const master = secretFile(join(gateway, 'agents.key'), () => randomBytes(32))
  const settled = SCENARIOS[scenario].agents
  const { governance, artifactSigners, keys } = options.signers === undefined ? await makeGovernance() : readGovernance(options.signers)
  const genesis = createGenesis({
    name: scenario,
    demo: false,
    time: Date.now(),
    scenario,
    seed: randomBytes(32),
    validators: validators
      .map((validator_id) => ({ validator_id, public_key: publicKeyOf(secretFile(join(directory, validator_id, 'validator.key'), () => randomBytes(32))), stake: STAKE }))
      .sort((a, b) => (a.validator_id < b.validator_id ? -1 : 1)),
    agents: Array.from({ length: settled }, (_, index) => ({ public_key: publicKeyOf(agentSeed(master, index)), name: agentName(index) })),
    modules: await storedModules(join(directory, 'builtin_wasm')),
    trustedSigners: [...BUILTIN_SIGNERS, ...artifactSigners],
    governance,
    agentKeysFromSeeds: true,
  })
  const choices: TestnetFile = { scenario, validators: options.validators }
  writeFileSync(join(directory, 'testnet.json'), `${JSON.stringify(choices, null, 2)}\n`)
  await writeSignerKeys(directory, worldIdOf(genesis), keys)
  writeFileSync(path, encodeGenesis(genesis))
}

function assertSameChoices(directory: string, options: TestnetOptions): void {
  const path = join(directory, 'testnet.json')
  let stored: Partial<TestnetFile>
  try {
    stored = JSON.parse(readFileSync(path, 'utf8')) as Partial<TestnetFile>
  } catch (error) {
    throw new ConfigError('CONFIG_INVALID', `${path} cannot be read (${error instanceof Error ? error.message : String(error)}). Restore it or choose another directory with --data.`)
  }
  if (stored.scenario === options.scenario && stored.validators === options.validators) return
  throw new ConfigError(
    'WORLD_DIFFERS',
    `${directory} holds a world of scenario ${stored.scenario} with ${stored.validators} validators. Start it with --scenario ${stored.scenario} --validators ${stored.validators}, or make a new one with --data and another directory.`,
  )
}

/** Throws `WORLD_UNREADABLE` for a world of a version whose genesis had another shape. */
function readGenesis(directory: string, path: string): Genesis {
  try {
    return decodeGenesis(readFileSync(path))
  } catch (cause) {
    if (!(cause instanceof GenesisError)) throw cause
    throw new ConfigError('WORLD_UNREADABLE', `${directory} holds a world that this version cannot read (${cause.message}) Start it with the version that made it, or make a new one with --data and another directory.`, { directory }, { cause })
  }
}

function assertSameSigners(directory: string, { signers }: TestnetOptions, genesis: Genesis): void {
  if (signers === undefined || isGovernedBy(genesis, readGovernance(signers))) return
  throw new ConfigError('WORLD_DIFFERS', `${directory} holds a world that others govern than ${signers} names. Start it without --signers, or make a new one with --data and another directory.`)
}

function writeConfigurations({ directory, host, port, blockIntervalMs }: TestnetOptions, validators: readonly string[]): void {
  const ports = testnetPorts(port, validators.length)
  const dialHost = host === '0.0.0.0' ? '127.0.0.1' : host
  const address = (index: number): string => `/ip4/${dialHost}/tcp/${ports[index + 1]}/ws`
  const all = [-1, ...validators.keys()].map((index) => address(index + 1))
  const configuration = { genesis: '../genesis.cbor', block_interval_ms: blockIntervalMs }
  const listen = (index: number): string[] => [`/ip4/${host}/tcp/${ports[index + 1]}/ws`]
  writeNodeFile(join(directory, 'gateway'), { ...configuration, role: 'gateway', validator_id: null, listen: listen(0), bootstrap: all.filter((_, index) => index !== 0) })
  for (const [index, validator_id] of validators.entries()) {
    writeNodeFile(join(directory, validator_id), {
      ...configuration, role: 'validator', validator_id, listen: listen(index + 1), bootstrap: all.filter((_, other) => other !== index + 1),
      ...effectsOf(join(directory, validator_id)),
    })
  }
}

/** What an operator allowed stays allowed: everything else in the file follows from the options. Throws `CONFIG_INVALID`. */
function effectsOf(directory: string): Pick<NodeFile, 'effects'> {
  try {
    const { effects } = readNodeFile(directory)
    return effects === undefined ? {} : { effects }
  } catch (error) {
    if (error instanceof ConfigError && error.code === 'CONFIG_MISSING') return {}
    throw error
  }
}
