import { describe, expect, it } from 'vitest'
import type { ViewFrame } from '../../node/index.ts'
import { fitCamera, toScreenX, toScreenY } from './camera.ts'
import { factoryMark } from './factory-marks.ts'
import { agentsInView, pick } from './picking.ts'
import { Scene } from './scene.ts'

const view = { width: 800, height: 800 }

function frame(height: number, agents: readonly [number, number, number, number][], roster: ViewFrame['roster'] = null): ViewFrame {
  return {
    type: 'frame', height, block_interval_ms: 1000, roster,
    agents: {
      count: agents.length, activity: new Uint8Array(agents.length),
      prevX: Int32Array.from(agents, (row) => row[0]), prevY: Int32Array.from(agents, (row) => row[1]),
      x: Int32Array.from(agents, (row) => row[2]), y: Int32Array.from(agents, (row) => row[3]),
    },
    asteroids: height === 1
      ? { count: 1, ids: ['asteroid/0001'], x: Int32Array.of(5_000_000), y: Int32Array.of(5_000_000), radius: Int32Array.of(400_000), radiation: Int32Array.of(5), material: Uint8Array.of(0) }
      : null,
    factories: null, transits: null,
  }
}

const roster = { ids: ['agent/a', 'agent/b'], names: ['Ada', 'Bo'] }

describe('the scene', () => {
  it('moves agents evenly from where they were to where they are over one block interval, then stops', () => {
    const scene = new Scene()
    scene.update(frame(1, [[0, 0, 1000, 2000], [5, 5, 5, 5]], roster), 10_000)
    scene.interpolate(10_500, true)
    expect([scene.x[0], scene.y[0]]).toEqual([500, 1000])
    scene.interpolate(20_000, true)
    expect([scene.x[0], scene.y[0]]).toEqual([1000, 2000])
  })

  it('stands still between blocks when motion is reduced', () => {
    const scene = new Scene()
    scene.update(frame(1, [[0, 0, 1000, 2000], [5, 5, 5, 5]], roster), 0)
    scene.interpolate(1, false)
    expect([scene.x[0], scene.y[0]]).toEqual([1000, 2000])
  })

  it('keeps roster and asteroids when a frame leaves them out', () => {
    const scene = new Scene()
    scene.update(frame(1, [[0, 0, 0, 0], [5, 5, 5, 5]], roster), 0)
    scene.update(frame(2, [[0, 0, 0, 0], [5, 5, 5, 5]]), 0)
    expect(scene.agentRow('agent/b')).toBe(1)
    expect(scene.asteroidRow('asteroid/0001')).toBe(0)
    expect(scene.agentRow('agent/none')).toBe(-1)
  })
})

describe('picking', () => {
  const scene = new Scene()
  scene.update(frame(1, [[1_000_000, 1_000_000, 1_000_000, 1_000_000], [5_000_000, 5_050_000, 5_000_000, 5_050_000]], roster), 0)
  scene.interpolate(0, false)
  const camera = fitCamera(view)
  const at = (x: number, y: number): [number, number] => [toScreenX(camera, view, x), toScreenY(camera, view, y)]

  it('takes the agent before the asteroid it stands on', () => {
    expect(pick(scene, camera, view, ...at(5_000_000, 5_000_000), 14)).toEqual({ kind: 'agent', id: 'agent/b' })
  })

  it('takes the asteroid where no agent is near, and nothing in empty space', () => {
    expect(pick(scene, camera, view, ...at(5_000_000, 4_700_000), 10)).toEqual({ kind: 'asteroid', id: 'asteroid/0001' })
    expect(pick(scene, camera, view, ...at(9_000_000, 9_000_000), 10)).toBeNull()
  })

  it('takes the factory whose mark is under the pointer, and the asteroid elsewhere on it', () => {
    const built = new Scene()
    const factories = { count: 2, ids: ['factory/a', 'factory/b'], asteroid: Int32Array.of(0, 0), type: Uint8Array.of(0, 1), activity: Uint8Array.of(1, 1) }
    built.update({ ...frame(1, [], { ids: [], names: [] }), factories }, 0)
    const marks = [0, 1].map((row) => factoryMark(built, camera, view, row, 1))
    expect(marks.map(({ px, py }) => pick(built, camera, view, px, py, 14))).toEqual([{ kind: 'factory', id: 'factory/a' }, { kind: 'factory', id: 'factory/b' }])
    expect(pick(built, camera, view, ...at(5_000_000, 5_000_000), 14)).toEqual({ kind: 'asteroid', id: 'asteroid/0001' })
  })

  it('lists agents in view, nearest to the middle first', () => {
    expect(agentsInView(scene, camera, view, 10).map(({ name }) => name)).toEqual(['Bo', 'Ada'])
    expect(agentsInView(scene, camera, view, 1).map(({ name }) => name)).toEqual(['Bo'])
  })
})
