import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { startHttpServer } from '../src/cli/http-server.ts'
import { expect, test } from './support/fixtures.ts'
import { LyingPeer } from './support/lying-peer.ts'
import { TcpGate } from './support/tcp-gate.ts'
import { Testnet } from './support/testnet.ts'
import { FINALIZED } from './support/world-page.ts'

test.describe('a peer that serves tampered blocks', () => {
  let testnet: Testnet
  let liar: LyingPeer
  let gate: TcpGate
  let server: Server
  let url: string

  test.beforeAll(async () => {
    testnet = await Testnet.start()
    const { height, world_id } = await testnet.advance(3)
    const network = (await (await fetch(`${testnet.url}network.json`)).json()) as { bootstrap: string[]; block_interval_ms: number }
    liar = await LyingPeer.start(world_id, network.bootstrap[0]!)
    gate = await TcpGate.to(testnet.port + 2)
    server = await startHttpServer({
      host: '127.0.0.1', port: 0, root: 'dist',
      genesis: new Uint8Array(await (await fetch(`${testnet.url}genesis`)).arrayBuffer()),
      status: () => ({ world_id, height, state_root: '', head_age_ms: null, validators: [] }),
      head: () => null,
      network: () => ({
        world_id, genesis: './genesis', head: './head', status: './status', block_interval_ms: network.block_interval_ms,
        bootstrap: [liar.address, `/ip4/127.0.0.1/tcp/${gate.port}/ws`],
      }),
    })
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  })
  test.afterAll(async () => {
    server.closeAllConnections()
    server.close()
    await gate.close()
    await liar.stop()
    await testnet.dispose()
  })

  test('is refused and shown for it, and the page goes on with an honest one', async ({ page, world, conduct }) => {
    conduct.expectConsole(/WebSocket connection to 'ws:\/\/127\.0\.0\.1:\d+\/' failed/)
    await world.open(url, '#/network')

    // Alone with the liar: nothing it says is shown as fact.
    const refusal = world.panel('Refused').getByRole('row').filter({ hasText: 'BAD_CERTIFICATE' })
    await expect(refusal.first()).toBeVisible()
    await expect(refusal.first().getByTitle(liar.peerId)).toBeVisible()
    await expect(page.getByRole('region', { name: 'Notifications' })).toContainText(/^Refused: .*from /)
    await expect(world.chip).toContainText('refused')
    await world.trusts('Verifying…')
    expect(await world.height()).toBe(0)
    const row = world.panel('Peers').getByRole('row').filter({ hasText: liar.address.split('/p2p/')[0]! })
    await expect(row.filter({ hasText: 'demoted' }).or(row.filter({ hasText: 'waiting to retry' })).first()).toBeVisible()
    await page.getByText(/^Counters/).click()
    expect(await world.counter('peers.offence.BAD_CERTIFICATE')).toBeGreaterThan(0)
    expect(await world.counter('peers.refused')).toBeGreaterThan(0)

    await gate.open()
    await world.trusts(FINALIZED)
    await world.advances(3)
    await world.trusts(FINALIZED)
    await expect(refusal.first()).toBeVisible()

    const { height } = await testnet.status()
    await world.reaches(height)
    const served = (await (await fetch(`${testnet.url}head`)).json()) as { header: { height: number; state_root: string } }
    await world.reaches(served.header.height)
    await page.goto(`${url}#/ledger/height/${served.header.height}`)
    await expect(world.fact('State root')).toContainText(served.header.state_root)
  })
})
