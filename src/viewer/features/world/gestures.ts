/** Pointer, wheel and keyboard on the map, turned into camera commands. No React, no drawing. */

export interface GestureTarget {
  pan(dx: number, dy: number): void
  zoom(x: number, y: number, factor: number): void
  reset(): void
  /** `firmly`: double-click or Enter. */
  select(x: number, y: number, firmly: boolean): void
}

/** A press that moves less than this, in CSS pixels, is a click. */
const CLICK_SLOP = 5
/** CSS pixels per arrow key; with Shift three times as much. */
const KEY_PAN = 60
const KEY_ZOOM = 1.35
/** Zoom per wheel pixel: one notch of a mouse (100) is about a sixth. */
const WHEEL_ZOOM = 0.0016
/** Pixels per line for wheels that count lines. */
const LINE_PIXELS = 16

export interface Point {
  readonly x: number
  readonly y: number
}

export const distance = (a: Point, b: Point): number => Math.hypot(a.x - b.x, a.y - b.y)
export const middle = (a: Point, b: Point): Point => ({ x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 })

/** The zoom factor of a wheel step, in bounds whatever the device reports. */
export function wheelFactor(delta: number, mode: number): number {
  const pixels = mode === 1 ? delta * LINE_PIXELS : mode === 2 ? delta * 400 : delta
  return Math.exp(-Math.max(-400, Math.min(400, pixels)) * WHEEL_ZOOM)
}

/** Listens on the canvas until the signal aborts. */
export function listenForGestures(canvas: HTMLCanvasElement, target: GestureTarget, signal: AbortSignal): void {
  const pointers = new Map<number, Point>()
  let moved = 0
  const at = (event: MouseEvent): Point => {
    const box = canvas.getBoundingClientRect()
    return { x: event.clientX - box.left, y: event.clientY - box.top }
  }
  const on = <K extends keyof HTMLElementEventMap>(type: K, listener: (event: HTMLElementEventMap[K]) => void, passive = true): void => {
    canvas.addEventListener(type, listener, { signal, passive })
  }

  on('pointerdown', (event) => {
    if (event.button !== 0) return
    canvas.setPointerCapture(event.pointerId)
    if (pointers.size === 0) moved = 0
    pointers.set(event.pointerId, at(event))
  })
  on('pointermove', (event) => {
    const before = pointers.get(event.pointerId)
    if (before === undefined) return
    const now = at(event)
    const other = [...pointers].find(([id]) => id !== event.pointerId)?.[1]
    pointers.set(event.pointerId, now)
    moved += distance(before, now)
    if (moved <= CLICK_SLOP) return
    if (other === undefined) return target.pan(now.x - before.x, now.y - before.y)
    const [from, to] = [middle(before, other), middle(now, other)]
    target.pan(to.x - from.x, to.y - from.y)
    const span = distance(before, other)
    if (span > 0) target.zoom(to.x, to.y, distance(now, other) / span)
  })
  const release = (event: PointerEvent): void => {
    if (!pointers.delete(event.pointerId) || pointers.size > 0 || event.type === 'pointercancel' || moved > CLICK_SLOP) return
    const { x, y } = at(event)
    target.select(x, y, false)
  }
  on('pointerup', release)
  on('pointercancel', release)
  on('dblclick', (event) => {
    const { x, y } = at(event)
    target.select(x, y, true)
  })
  on('wheel', (event) => {
    event.preventDefault()
    const { x, y } = at(event)
    target.zoom(x, y, wheelFactor(event.deltaY, event.deltaMode))
  }, false)
  on('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    const step = event.shiftKey ? 3 * KEY_PAN : KEY_PAN
    const center = { x: canvas.clientWidth / 2, y: canvas.clientHeight / 2 }
    switch (event.key) {
      case 'ArrowLeft': target.pan(step, 0); break
      case 'ArrowRight': target.pan(-step, 0); break
      case 'ArrowUp': target.pan(0, step); break
      case 'ArrowDown': target.pan(0, -step); break
      case '+': case '=': target.zoom(center.x, center.y, KEY_ZOOM); break
      case '-': case '_': target.zoom(center.x, center.y, 1 / KEY_ZOOM); break
      case 'Home': target.reset(); break
      case 'Enter': target.select(center.x, center.y, true); break
      default: return
    }
    event.preventDefault()
  }, false)
}
