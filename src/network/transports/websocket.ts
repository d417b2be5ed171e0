import type { MultiaddrConnection, Transport, Upgrader } from '@libp2p/interface'
import { webSockets } from '@libp2p/websockets'
import { WEBSOCKET_LIMITS } from '../limits.ts'

type WebSocketFactory = ReturnType<typeof webSockets>

/** What this reaches into: @libp2p/websockets 10.1 keeps its socket and its server in these fields. */
interface SocketConnection extends MultiaddrConnection {
  sendReset?: () => void
  readonly websocket?: { close(code: number): void; terminate?: () => void; addEventListener(type: 'error', listener: () => void): void }
}

interface SocketListener {
  readonly wsServer?: { readonly options?: { maxPayload?: number } }
}

/** "Application closed the connection": the first code a program may send (RFC 6455 §7.4.2). */
const ABORT_CODE = 4000

/**
 * The WebSocket transport with three repairs.
 * - A malformed WebSocket frame must not end the process. Upstream leaves the `error` event of `ws` sockets without a listener,
 *   which Node turns into an uncaught exception: any stranger could stop a validator with one frame.
 * - Aborting a connection must close its socket. Upstream calls `close(1006)`, a code no program may send, so the call throws:
 *   our side forgets the connection and the other side keeps it, deaf, until its own ping times out.
 * - One WebSocket message is bounded (`ws` takes 100 MiB by default, before encryption has said who is talking).
 */
export function webSocketTransport(): WebSocketFactory {
  const create = webSockets({ maxBufferedAmount: WEBSOCKET_LIMITS.maxBufferedAmount })
  return (components) => {
    const transport = create(components)
    const dial = transport.dial.bind(transport)
    const createListener = transport.createListener.bind(transport)
    const repaired: Pick<Transport, 'dial' | 'createListener'> = {
      dial: (address, options) => dial(address, { ...options, upgrader: repairUpgrader(options.upgrader) }),
      createListener(options) {
        const listener = createListener({ ...options, upgrader: repairUpgrader(options.upgrader) })
        const server = (listener as unknown as SocketListener).wsServer
        if (server?.options !== undefined) server.options.maxPayload = WEBSOCKET_LIMITS.maxMessageBytes
        return listener
      },
    }
    return Object.assign(transport, repaired)
  }
}

function repairUpgrader(upgrader: Upgrader): Upgrader {
  return new Proxy(upgrader, {
    get(target, name) {
      if (name === 'upgradeInbound' || name === 'upgradeOutbound') {
        return (connection: MultiaddrConnection, options: never) => target[name](repairSocket(connection), options)
      }
      const value: unknown = Reflect.get(target, name)
      return typeof value === 'function' ? (value.bind(target) as unknown) : value
    },
  })
}

function repairSocket(connection: SocketConnection): MultiaddrConnection {
  const { websocket } = connection
  if (websocket === undefined) return connection
  websocket.addEventListener('error', () => undefined) // `close` follows and is handled
  connection.sendReset = () => {
    // terminate() exists on `ws` sockets only and does not wait for the other side's consent
    if (websocket.terminate !== undefined) websocket.terminate()
    else websocket.close(ABORT_CODE)
  }
  return connection
}
