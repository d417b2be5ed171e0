// First import: @libp2p/webrtc captures the RTC globals when it is evaluated.
import { connectRtcHost } from '../src/network/rtc/worker.ts'
import { expose } from 'comlink'
import { installErrorTransfer } from '../src/node/executor/index.ts'
import { spawnExecutorThread } from '../src/node/executor/thread.browser.ts'
import { PageNode } from '../src/node/browser/index.ts'
import { webRtcTransport } from '../src/network/transports/webrtc.ts'
import executorUrl from './executor.ts?worker&url'

installErrorTransfer()

const node = new PageNode({
  spawnExecutor: () => spawnExecutorThread(executorUrl),
  extraTransports: [webRtcTransport()],
  listen: ['/p2p-circuit', '/webrtc'],
  attachRtc: connectRtcHost,
  // Loaded only for a world of this tab: one that joins others gets their modules with the genesis.
  builtinModules: async () => (await import('../src/artifacts/browser.ts')).browserModules(),
})
expose(node)
