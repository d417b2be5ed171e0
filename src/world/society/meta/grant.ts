import { schema } from '../../../codec/index.ts'
import type { Value } from '../../../codec/index.ts'
import { defineDirective } from '../../part.ts'
import type { TickFacts } from '../../part.ts'
import { reject } from '../../rejections.ts'
import { compareStateKeys } from '../../state/keys.ts'
import { readAgent } from '../../state/read.ts'
import { AGENT_ID } from '../../state/records.ts'
import type { StagedState } from '../../state/state.ts'
import type { MetaGranted } from '../events.ts'
import { metaKey, PENDING_ACHIEVEMENTS_KEY } from '../keys.ts'
import { readMeta, readPendingAchievements } from '../read.ts'
import { ACHIEVEMENTS, MAX_PENDING, META_TRACKS } from '../records.ts'
import type { Achievement, MetaRecord, MetaTrack } from '../records.ts'

const { int, literal, nullable, object } = schema

/** Points on all tracks together that each achievement takes. */
const TIERS: Readonly<Record<Achievement, number>> = { bronze: 20, silver: 50, gold: 100, platinum: 150, diamond: 300 }
const MAX_POINTS_PER_GRANT = 100
/** A track stops here, far below where additions could leave the safe integers. */
const MAX_TRACK_POINTS = 1_000_000
/** Agents one tick is told about: bounds the input; the others wait for the next. */
const AGENTS_PER_TICK = 32

/** The lowest achievement an agent has the points for and lacks. */
function dueAchievement({ total, achievements }: MetaRecord): Achievement | null {
  return ACHIEVEMENTS.find((achievement) => total >= TIERS[achievement] && !achievements.includes(achievement)) ?? null
}

/** What meta modules decide by: agents with an achievement to come. */
export const metaFacts: TickFacts = ({ state }) => {
  const pending = readPendingAchievements(state)
  if (pending.length === 0) return null
  return {
    pending: pending.slice(0, AGENTS_PER_TICK).map((agent) => {
      const meta = readMeta(state, agent)
      return { agent, total: meta.total, achievements: meta.achievements, best_track: bestTrack(meta) }
    }),
    more: Math.max(0, pending.length - AGENTS_PER_TICK),
  }
}

/** Points for what an agent did, and achievements for points. Which deeds count is for modules to say. */
export const metaGrant = defineDirective({
  type: 'meta_grant',
  from: ['war', 'governance', 'crisis', 'economic', 'meta'],
  shape: object({ type: literal('meta_grant'), agent: AGENT_ID, track: literal(...META_TRACKS), points: int(0, MAX_POINTS_PER_GRANT), achievement: nullable(literal(...ACHIEVEMENTS)) }),
  carryOut: ({ state }, { agent, track, points, achievement }) => {
    if (readAgent(state, agent) === null) return reject('AGENT_NOT_FOUND', { agent })
    const before = readMeta(state, agent)
    const earned = Math.min(points, MAX_TRACK_POINTS - pointsOn(before, track))
    if (achievement !== null && (before.achievements.includes(achievement) || before.total + earned < TIERS[achievement])) {
      return reject('ACHIEVEMENT_NOT_DUE', { agent, achievement, total: before.total })
    }
    const payload: MetaGranted = { agent, track, points: earned, track_points: pointsOn(before, track) + earned, total: before.total + earned, achievement }
    return [{ event: 'meta.granted', payload }]
  },
})

function pointsOn({ tracks }: MetaRecord, track: MetaTrack): number {
  return tracks[track] ?? 0
}

export function applyMetaGranted(state: StagedState, { agent, track, track_points, total, achievement }: MetaGranted): void {
  const before = readMeta(state, agent)
  const meta: MetaRecord = {
    tracks: { ...before.tracks, [track]: track_points },
    total,
    achievements: achievement === null ? before.achievements : [...before.achievements, achievement],
  }
  state.set(metaKey(agent), meta as unknown as Value)
  notePending(state, agent, dueAchievement(meta) !== null)
}

/** The first of those with the most points. */
function bestTrack(meta: MetaRecord): MetaTrack {
  return META_TRACKS.reduce((best, track) => (pointsOn(meta, track) > pointsOn(meta, best) ? track : best))
}

function notePending(state: StagedState, agent: string, due: boolean): void {
  const pending = readPendingAchievements(state)
  if (pending.includes(agent) === due || (due && pending.length >= MAX_PENDING)) return
  state.set(PENDING_ACHIEVEMENTS_KEY, due ? [...pending, agent].sort(compareStateKeys) : pending.filter((other) => other !== agent))
}
