import type { Camera, Viewport } from './camera.ts'
import type { Theme, WorldLayers } from './contract.ts'
import type { Scene } from './scene.ts'

/** Everything one picture depends on. */
export interface Picture {
  readonly scene: Scene
  readonly camera: Camera
  readonly view: Viewport
  /** Device pixels per CSS pixel: marks keep their size for the eye. */
  readonly dpr: number
  readonly theme: Theme
  readonly layers: WorldLayers
  /** Row of the selected agent, asteroid and factory, −1 for none. */
  readonly selectedAgent: number
  readonly selectedAsteroid: number
  readonly selectedFactory: number
  /** Where the slow breathing of what is at work stands, 0–1; steady for those who asked for less motion. */
  readonly pulse: number
}

/** A way of getting pictures onto a canvas. The loop knows nothing else about how it is done. */
export interface Surface {
  readonly name: string
  resize(view: Viewport): void
  draw(picture: Picture): void
}
