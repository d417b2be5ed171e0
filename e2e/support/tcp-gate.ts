import { connect, createServer } from 'node:net'
import type { AddressInfo, Server, Socket } from 'node:net'

/** A way to a TCP port that can be closed: until `open` its own port answers nothing. */
export class TcpGate {
  readonly port: number
  private readonly target: number
  private readonly sockets = new Set<Socket>()
  private server: Server | null = null

  private constructor(port: number, target: number) {
    this.port = port
    this.target = target
  }

  /** Reserves a port for the gate; it stays closed. */
  static async to(target: number): Promise<TcpGate> {
    const probe = createServer()
    await new Promise<void>((listening) => probe.listen(0, '127.0.0.1', listening))
    const { port } = probe.address() as AddressInfo
    await new Promise((closed) => probe.close(closed))
    return new TcpGate(port, target)
  }

  async open(): Promise<void> {
    this.server = createServer((inside) => {
      const outside = connect(this.target, '127.0.0.1')
      for (const socket of [inside, outside]) {
        this.sockets.add(socket)
        socket.on('error', () => socket.destroy())
        socket.once('close', () => this.sockets.delete(socket))
      }
      inside.pipe(outside).pipe(inside)
    })
    await new Promise<void>((listening) => this.server!.listen(this.port, '127.0.0.1', listening))
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy()
    if (this.server !== null) await new Promise((closed) => this.server!.close(closed))
  }
}
