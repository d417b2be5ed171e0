declare module 'comlink/dist/esm/node-adapter.mjs' {
  import type { Endpoint } from 'comlink'
  /** Makes a worker thread or parent port look like a browser message port. */
  export default function nodeEndpoint(port: object): Endpoint
}
