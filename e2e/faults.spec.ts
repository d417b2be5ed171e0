import { expect, test } from '@playwright/test'
import { Testnet } from './support/testnet.ts'

test.describe('the testnet under faults', () => {
  let testnet: Testnet
  test.beforeAll(async () => {
    testnet = await Testnet.start()
  })
  test.afterAll(async () => testnet.dispose())

  test('answers status and head', async () => {
    const status = await testnet.advance(3)
    expect(status.validators.map(({ validator_id, stake }) => ({ validator_id, stake }))).toEqual(
      [1, 2, 3, 4].map((number) => ({ validator_id: `validator-${number}`, stake: 100 })),
    )
    expect(status.validators.every(({ up, peers }) => up && peers! >= 4)).toBe(true)
    const head = (await (await fetch(`${testnet.url}head`)).json()) as { header: { height: number; world_id: string }; certificate: { signatures: string[] } }
    expect(head.header.world_id).toBe(status.world_id)
    expect(head.header.height).toBeGreaterThanOrEqual(status.height - 1)
    expect(head.certificate.signatures.length).toBeGreaterThanOrEqual(3)
  })

  test('goes on without any one validator', async () => {
    await testnet.kill('validator-2')
    await testnet.advance(6)
    await testnet.until((status) => status.validators.some(({ up }) => !up), 'the dead validator is shown as down')
  })

  test('takes a validator back that was killed, and brings it to the head', async () => {
    await testnet.revive(2)
    await testnet.until(({ height, validators }) => (validators[1]!.height ?? 0) >= height - 1 && validators[1]!.up, 'validator-2 catches up')
  })

  test('stops without two of four, loses nothing, and goes on when one returns', async () => {
    await testnet.kill('validator-3')
    await testnet.kill('validator-4')
    const stopped = await testnet.until(({ head_age_ms }) => head_age_ms! > 4 * testnet.blockIntervalMs, 'the world stands still')
    await testnet.revive(3)
    const resumed = await testnet.until(({ height }) => height > stopped.height + 2, 'the world goes on')
    expect(resumed.world_id).toBe(stopped.world_id)
    await testnet.revive(4)
  })

  test('is the same world at the same height after Ctrl-C and a new start', async () => {
    const before = await testnet.status()
    await testnet.interrupt()
    await testnet.launch()
    const after = await testnet.advance(2)
    expect(after.world_id).toBe(before.world_id)
    expect(after.height).toBeGreaterThan(before.height)
  })
})
