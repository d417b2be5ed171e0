import { describe, expect, it } from 'vitest'
import { parseNetworkFile } from './network-file.ts'

const PAGE = 'http://127.0.0.1:8080/'
const good = {
  world_id: `belt.${'a'.repeat(64)}`, genesis: './genesis', head: './head', status: './status', bootstrap: ['/ip4/127.0.0.1/tcp/9001/ws'], block_interval_ms: 1000,
}

describe('the world file', () => {
  it('is read with addresses made absolute within this origin', () => {
    expect(parseNetworkFile(good, PAGE)).toMatchObject({ world_id: good.world_id, genesis: 'http://127.0.0.1:8080/genesis', head: 'http://127.0.0.1:8080/head' })
  })

  it('may say that there is no network here', () => {
    expect(parseNetworkFile({ world_id: null }, PAGE)).toBeNull()
  })

  it('is refused with the name of the field that is wrong', () => {
    const bad: [string, unknown][] = [
      ['file', null], ['file', 'text'], ['world_id', { ...good, world_id: 'belt' }], ['genesis', { ...good, genesis: 'https://elsewhere.example/genesis' }],
      ['head', { ...good, head: 7 }], ['bootstrap', { ...good, bootstrap: ['ws://x'] }], ['bootstrap', { ...good, bootstrap: Array(65).fill('/ip4/1') }],
      ['block_interval_ms', { ...good, block_interval_ms: 0 }], ['block_interval_ms', { ...good, block_interval_ms: '1000' }],
    ]
    for (const [field, value] of bad) {
      expect(() => parseNetworkFile(value, PAGE), field).toThrow(expect.objectContaining({ code: 'NETWORK_FILE_INVALID', detail: { field } }))
    }
  })
})
