import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { decodeGenesis, worldIdOf } from '../world/index.ts'
import { readNodeFile } from './node-config.ts'
import { prepareTestnet, testnetPorts } from './prepare-testnet.ts'

const directory = mkdtempSync(join(tmpdir(), 'aw-prepare-'))
afterAll(() => rmSync(directory, { recursive: true }))

const options = { directory, scenario: 'belt-small', validators: 4, host: '127.0.0.1', port: 8080, blockIntervalMs: 1000 } as const

describe('preparing a testnet', () => {
  it('makes a genesis, and a directory for each process whose configuration fits the others', async () => {
    const { world_id, existing, validators, settledAgents } = await prepareTestnet(options)
    expect(existing).toBe(false)
    expect(settledAgents).toBe(24)
    const genesis = decodeGenesis(readFileSync(join(directory, 'genesis.cbor')))
    expect(worldIdOf(genesis)).toBe(world_id)
    expect(genesis.validators.map(({ validator_id }) => validator_id)).toEqual(['validator-1', 'validator-2', 'validator-3', 'validator-4'])
    const files = [...validators, join(directory, 'gateway')].map(readNodeFile)
    const addresses = files.flatMap(({ listen }) => listen)
    expect(new Set(addresses).size).toBe(5)
    for (const file of files) expect([...file.bootstrap, ...file.listen].sort()).toEqual(addresses.toSorted())
    expect(testnetPorts(8080, 4)).toEqual([8080, 8081, 8082, 8083, 8084, 8085])
  })

  it('takes up the same world the next time, on other ports if need be', async () => {
    const before = readFileSync(join(directory, 'genesis.cbor'))
    const again = await prepareTestnet({ ...options, port: 9090 })
    expect(again.existing).toBe(true)
    expect(readFileSync(join(directory, 'genesis.cbor'))).toEqual(before)
    expect(readNodeFile(again.validators[0]!).listen).toEqual(['/ip4/127.0.0.1/tcp/9092/ws'])
  })

  it.each([{ validators: 3 }, { scenario: 'belt-large' as const }])('refuses to put another world over it: %j', async (change) => {
    await expect(prepareTestnet({ ...options, ...change })).rejects.toMatchObject({ code: 'WORLD_DIFFERS' })
  })
})
