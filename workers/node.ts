// First import: @libp2p/webrtc captures the RTC globals when it is evaluated.
import { connectRtcHost } from '../src/network/rtc/worker.ts'
import { expose } from 'comlink'
import { embeddedBlobs, openBrowserArtifacts } from '../src/artifacts/browser.ts'
import { BUILTIN_SIGNERS, materializedModules, Materializer } from '../src/artifacts/index.ts'
import { installErrorTransfer } from '../src/node/executor/index.ts'
import { spawnExecutorThread } from '../src/node/executor/thread.browser.ts'
import { PageNode } from '../src/node/browser/index.ts'
import type { PageNodeInit } from '../src/node/browser/index.ts'
import { webRtcTransport } from '../src/network/transports/webrtc.ts'
import executorUrl from './executor.ts?worker&url'

installErrorTransfer()

/** The modules of a solo world: kept in IndexedDB, taken from the page the first time. */
const builtinModules: PageNodeInit['builtinModules'] = async () => {
  const artifacts = await openBrowserArtifacts()
  try {
    return { modules: await materializedModules(new Materializer({ ...artifacts, fetchBlob: embeddedBlobs() })), trustedSigners: BUILTIN_SIGNERS }
  } finally {
    artifacts.close()
  }
}

const node = new PageNode({
  spawnExecutor: () => spawnExecutorThread(executorUrl),
  extraTransports: [webRtcTransport()],
  listen: ['/p2p-circuit', '/webrtc'],
  attachRtc: connectRtcHost,
  builtinModules,
})
expose(node)
