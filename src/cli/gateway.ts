/**
 * The testnet's front door: a full node that relays between browsers, serves the page, and runs the scripted agents.
 * It holds no validator key; the world goes on without it.
 */
import { join } from 'node:path'
import { randomBytes } from 'node:crypto'
import { errorInfo, toHex } from '../codec/index.ts'
import { runScriptedAgents } from '../node/agents/index.ts'
import { flagHelp, parseFlags } from './flags.ts'
import { multiaddrHost, startHttpServer } from './http-server.ts'
import type { NetworkAnswer, StatusAnswer } from './http-server.ts'
import { secretFile } from './node-config.ts'
import { runNode, stopRequested } from './run-node.ts'
import type { RunningNode } from './run-node.ts'

const FLAGS = {
  data: { type: 'text', default: null, value: 'DIR', help: 'directory of the gateway, as "npm start" makes it' },
  host: { type: 'text', default: '127.0.0.1', value: 'ADDRESS', help: 'address to serve the page on' },
  port: { type: 'integer', default: 8080, min: 1, max: 65_535, value: 'P', help: 'port of the page' },
  page: { type: 'text', default: 'dist', value: 'DIR', help: 'folder of the built page' },
  agents: { type: 'integer', default: 0, min: 0, max: 100_000, value: 'N', help: 'scripted agents to run' },
} as const

/** A validator that has not answered for this many block intervals counts as down. */
const UP_WITHIN_INTERVALS = 5

async function main(): Promise<void> {
  const args = process.argv.slice(2)
  if (args.includes('--help')) {
    console.log(`Usage: node src/cli/gateway.ts --data DIR [options]\n\n${flagHelp(FLAGS)}`)
    return
  }
  const flags = parseFlags(args, FLAGS)
  const stop = stopRequested()
  const directory = flags.data ?? '.'
  const blockListeners: (() => void)[] = []
  const running = await runNode(directory, {
    onUpdate: (event) => {
      if (event.type === 'log') console.log(`${event.level}: ${event.message}`)
      if (event.type === 'block') for (const listener of blockListeners) listener()
    },
  })
  const { node } = running
  const server = await startHttpServer({
    host: flags.host, port: flags.port, root: flags.page, genesis: running.genesis,
    status: () => statusAnswer(running),
    head: () => node.certifiedHead(),
    network: (hostname) => networkAnswer(running, hostname),
  })
  const agents = flags.agents === 0 ? null : runScriptedAgents({
    node, count: flags.agents, master: secretFile(join(directory, 'agents.key'), () => randomBytes(32)),
  })
  if (agents !== null) blockListeners.push(() => agents.onBlock())
  console.log(`serving ${node.worldId} at http://${flags.host}:${flags.port}/`)
  process.send?.({ type: 'ready' })
  console.log(`stopping: ${await stop}`)
  server.closeAllConnections()
  server.close()
  agents?.stop()
  await node.stop()
}

function statusAnswer({ node, file }: RunningNode): StatusAnswer {
  const status = node.status()
  const claims = new Map(node.peerClaims().map((claim) => [claim.validator_id, claim]))
  const oldest = Date.now() - UP_WITHIN_INTERVALS * file.block_interval_ms
  return {
    world_id: status.world_id,
    height: status.head?.height ?? 0,
    state_root: status.head?.state_root ?? toHex(new Uint8Array(32)),
    head_age_ms: status.head === null ? null : Date.now() - status.head.verified_at,
    validators: status.validators.map(({ validator_id, stake }) => {
      const claim = claims.get(validator_id)
      return { validator_id, stake, height: claim?.height ?? null, peers: claim?.peers ?? null, up: claim !== undefined && claim.at >= oldest }
    }),
  }
}

/** Addresses as a browser on the other side can dial them: same host name as the page, our websocket ports. */
function networkAnswer({ node, network, file }: RunningNode, hostname: string): NetworkAnswer {
  const host = multiaddrHost(hostname)
  const own = network.addresses().map((address) => address.replace(/^\/(ip4|ip6|dns4?)\/[^/]+/, host))
  const others = file.bootstrap.map((address) => address.replace(/^\/ip4\/(127\.0\.0\.1|0\.0\.0\.0)\//, `${host}/`))
  return {
    world_id: node.worldId, genesis: './genesis', head: './head', status: './status',
    bootstrap: [...new Set([...own, ...others])],
    block_interval_ms: file.block_interval_ms,
  }
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    const { code, message } = errorInfo(error)
    console.error(`${code}: ${message}`)
    process.exit(1)
  },
)
