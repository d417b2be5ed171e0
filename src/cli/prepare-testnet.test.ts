import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { encodeCanonical, toHex } from '../codec/index.ts'
import type { Value } from '../codec/index.ts'
import { publicKeyOf } from '../crypto/index.ts'
import { openKeystore, parseKeystore, platformCrypto } from '../vault/index.ts'
import { decodeGenesis, encodeGenesis, worldIdOf } from '../world/index.ts'
import { readNodeFile, writeNodeFile } from './node-config.ts'
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

  it('leaves to an operator what a validator may fetch, and names a file that it cannot read', async () => {
    const own = { ...options, directory: join(directory, 'effects') }
    await prepareTestnet(own)
    const validator = join(own.directory, 'validator-1')
    writeNodeFile(validator, { ...readNodeFile(validator), effects: { http_allow: ['https://example.org'] } })
    await prepareTestnet({ ...own, port: 9091 })
    expect(readNodeFile(validator)).toMatchObject({ effects: { http_allow: ['https://example.org'] }, listen: ['/ip4/127.0.0.1/tcp/9093/ws'] })
    writeFileSync(join(validator, 'node.json'), '{"effects": ')
    await expect(prepareTestnet(own)).rejects.toMatchObject({ code: 'CONFIG_INVALID' })
  })

  it('makes keys for who governs the world, which only their owner reads and which open with the passphrase beside them', async () => {
    const { signers, world_id } = await prepareTestnet(options)
    const { governance, trusted_signers } = decodeGenesis(readFileSync(join(directory, 'genesis.cbor')))
    expect(governance).toMatchObject({ threshold: 2, guardian_threshold: 1, timelock_blocks: 0, shadow_blocks: 8 })
    expect(readdirSync(signers!.directory).sort()).toEqual(['ann.awkey.json', 'artifacts.awkey.json', 'ben.awkey.json', 'cleo.awkey.json', 'gus.awkey.json', 'passphrase.txt'])
    for (const name of readdirSync(signers!.directory)) expect(statSync(join(signers!.directory, name)).mode & 0o777).toBe(0o600)
    const passphrase = readFileSync(signers!.passphrase, 'utf8').trim()
    const open = async (name: string): Promise<string> => {
      const keystore = parseKeystore(readFileSync(join(signers!.directory, `${name}.awkey.json`), 'utf8'))
      expect(keystore.world_id).toBe(world_id)
      return toHex((await openKeystore(platformCrypto().subtle, keystore, passphrase)).publicKey)
    }
    expect(governance.signers.map(({ signer_id, public_key }) => [signer_id, toHex(public_key)])).toEqual([['ann', await open('ann')], ['ben', await open('ben')], ['cleo', await open('cleo')]])
    expect(governance.guardians.map(({ guardian_id, public_key }) => [guardian_id, toHex(public_key)])).toEqual([['gus', await open('gus')]])
    expect(toHex(trusted_signers.find(({ node_id }) => node_id === 'testnet.artifacts.1')!.public_key)).toBe(await open('artifacts'))
  })

  it('takes keys of others from a file, makes none then, and refuses other ones for a world that exists', async () => {
    const key = (number: number): string => toHex(publicKeyOf(new Uint8Array(32).fill(number)))
    const named = { signers: [{ signer_id: 'zoe', public_key: key(1) }, { signer_id: 'abe', public_key: key(2) }], threshold: 2, artifact_signers: [{ node_id: 'zoe.artifacts', public_key: key(3) }] }
    const file = join(directory, 'named.json')
    writeFileSync(file, JSON.stringify(named))
    const other = { ...options, directory: join(directory, 'other'), signers: file }
    expect((await prepareTestnet(other)).signers).toBeNull()
    const { governance, trusted_signers } = decodeGenesis(readFileSync(join(other.directory, 'genesis.cbor')))
    expect(governance.signers.map(({ signer_id }) => signer_id)).toEqual(['abe', 'zoe'])
    expect(trusted_signers.map(({ node_id }) => node_id)).toContain('zoe.artifacts')
    expect((await prepareTestnet(other)).existing).toBe(true)
    expect((await prepareTestnet({ ...options, directory: other.directory })).existing).toBe(true)
    writeFileSync(file, JSON.stringify({ ...named, threshold: 3 }))
    await expect(prepareTestnet(other)).rejects.toMatchObject({ code: 'WORLD_DIFFERS' })
    writeFileSync(file, JSON.stringify({ signers: [{ signer_id: 'zoe', public_key: 'ff' }], threshold: 2 }))
    await expect(prepareTestnet(other)).rejects.toMatchObject({ code: 'SIGNERS_FILE_INVALID' })
  })

  it('takes up a world that nobody governs, and names one it cannot read', async () => {
    const ungoverned = { ...options, directory: join(directory, 'ungoverned') }
    await prepareTestnet(ungoverned)
    const path = join(ungoverned.directory, 'genesis.cbor')
    const genesis = decodeGenesis(readFileSync(path))
    rmSync(join(ungoverned.directory, 'signers'), { recursive: true })
    writeFileSync(path, encodeGenesis({ ...genesis, governance: { ...genesis.governance, signers: [], guardians: [] } }))
    expect(await prepareTestnet(ungoverned)).toMatchObject({ existing: true, signers: null })
    const { governance: _, ...older } = genesis
    writeFileSync(path, encodeCanonical(older as unknown as Value))
    await expect(prepareTestnet(ungoverned)).rejects.toMatchObject({ code: 'WORLD_UNREADABLE', message: expect.stringContaining('--data') })
  })
})
