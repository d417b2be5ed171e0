import type { CameraUpdate, Picked, RenderStats, SurfaceSize, Theme, VisibleEntity, WorldLayers } from './contract.ts'

/** From the page to the render worker. Points and sizes in CSS pixels. */
export type ToRenderer =
  | { readonly type: 'attach'; readonly canvas: OffscreenCanvas; readonly size: SurfaceSize }
  | { readonly type: 'resize'; readonly size: SurfaceSize }
  | { readonly type: 'frames'; readonly port: MessagePort }
  | { readonly type: 'camera'; readonly update: CameraUpdate }
  | { readonly type: 'select'; readonly id: string | null }
  | { readonly type: 'follow'; readonly id: string | null }
  | { readonly type: 'layers'; readonly layers: WorldLayers }
  | { readonly type: 'theme'; readonly theme: Theme }
  | { readonly type: 'motion'; readonly reduced: boolean }
  | { readonly type: 'visible'; readonly visible: boolean }
  | { readonly type: 'pick'; readonly request: number; readonly x: number; readonly y: number }
  | { readonly type: 'in-view'; readonly request: number; readonly limit: number }

/** From the render worker to the page. */
export type FromRenderer =
  | { readonly type: 'picked'; readonly request: number; readonly picked: Picked | null }
  | { readonly type: 'viewed'; readonly request: number; readonly agents: readonly VisibleEntity[] }
  | { readonly type: 'stats'; readonly stats: RenderStats }
