import { createServer } from 'node:http'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { encodeGenesis, worldIdOf } from '../../world/index.ts'
import { testGenesis } from '../../world/testing/test-world.ts'
import { openChain } from './chain.ts'

const genesis = testGenesis()
const WORLD = worldIdOf(genesis)
const FILE = { world_id: WORLD, genesis: './genesis', bootstrap: [], block_interval_ms: 1000 }
const refusal = (code: string): unknown => expect.objectContaining({ code, message: expect.stringMatching(/\. [A-Z]|--/) })

let server: Server | null = null
afterEach(() => new Promise<void>((closed) => (server === null ? closed() : server.close(() => closed()))))

async function serving(network: unknown): Promise<string> {
  const encoded = encodeGenesis(genesis)
  server = createServer((request, response) => {
    if (request.url === '/network.json') response.end(typeof network === 'string' ? network : JSON.stringify(network))
    else if (request.url === '/genesis') response.end(encoded)
    else response.writeHead(404).end()
  })
  await new Promise<void>((listening) => server!.listen(0, '127.0.0.1', listening))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const open = (url: string, world: string | null = null, timeoutMs = 1_000): Promise<unknown> => openChain({ url, world, timeoutMs, note: () => {} })

describe('a node for one command', () => {
  it('takes no world but the one that is meant', async () => {
    const url = await serving(FILE)
    await expect(open(url, `other.${'0'.repeat(64)}`)).rejects.toThrowError(refusal('WORLD_DIFFERS'))
  })

  it('believes the hash of the genesis and not what the address says of it', async () => {
    const url = await serving({ ...FILE, world_id: `other.${'0'.repeat(64)}` })
    await expect(open(url)).rejects.toThrowError(refusal('WORLD_DIFFERS'))
  })

  it.each(['no json', '{}', JSON.stringify({ ...FILE, bootstrap: ['somewhere'] }), JSON.stringify({ ...FILE, world_id: null }), JSON.stringify({ ...FILE, block_interval_ms: 0 }), 'null'])('refuses a world file that is none: %s', async (file) => {
    await expect(open(await serving(file))).rejects.toThrowError(refusal('NETWORK_FILE_INVALID'))
  })

  it('says where there is nothing', async () => {
    await expect(open('http://127.0.0.1:1')).rejects.toThrowError(refusal('NODE_UNREACHABLE'))
    await expect(open('ftp://127.0.0.1')).rejects.toThrowError(refusal('NODE_UNREACHABLE'))
    await expect(open(await serving({ ...FILE, genesis: './elsewhere' }))).rejects.toThrowError(refusal('NODE_UNREACHABLE'))
    await expect(open(await serving(`"${'x'.repeat(70_000)}"`))).rejects.toThrowError(refusal('NODE_UNREACHABLE'))
  })

  it('gives up, and stops its node, where nobody has a block', async () => {
    await expect(open(await serving(FILE), WORLD, 300)).rejects.toThrowError(refusal('NODE_NOT_FOLLOWING'))
  })
})
