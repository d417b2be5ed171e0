import { durabilityAt } from './industry/durability.ts'
import { FACTORY_PREFIX, TRANSIT_PREFIX } from './industry/keys.ts'
import { readFactory, readTransit } from './industry/read.ts'
import type { FactoryRecord } from './industry/records.ts'
import { compareStateKeys } from './state/keys.ts'
import type { CommittedState, StateChange } from './state/state.ts'
import { FACTORY_TYPES } from './view.ts'
import type { FactoryColumns, TransitColumns } from './view.ts'

const BUILDING = 0
const IDLE = 1
const RUNNING = 2
const WORN_OUT = 3

/** Follows factories and transits of the committed state; lays them out anew only when one of them changed. */
export class IndustryColumns {
  private readonly factoryIds: Set<string>
  private readonly transitIds: Set<string>
  private factories: FactoryColumns | null = null
  private transits: TransitColumns | null = null
  /** Rows of asteroids by id; asteroids neither come nor go. */
  private readonly asteroidRows: ReadonlyMap<string, number>

  /** `keys`: all keys of the state. */
  constructor(keys: readonly string[], asteroidIds: readonly string[]) {
    this.factoryIds = new Set(keys.filter((key) => key.startsWith(FACTORY_PREFIX)))
    this.transitIds = new Set(keys.filter((key) => key.startsWith(TRANSIT_PREFIX)))
    this.asteroidRows = new Map(asteroidIds.map((id, row) => [id, row]))
  }

  afterCommit(changes: readonly StateChange[]): void {
    for (const { key, item } of changes) {
      if (key.startsWith(FACTORY_PREFIX)) {
        note(this.factoryIds, key, item !== null)
        this.factories = null
      } else if (key.startsWith(TRANSIT_PREFIX)) {
        note(this.transitIds, key, item !== null)
        this.transits = null
      }
    }
  }

  factoryColumns(state: CommittedState): FactoryColumns {
    return (this.factories ??= this.layOutFactories(state))
  }

  transitColumns(state: CommittedState): TransitColumns {
    return (this.transits ??= this.layOutTransits(state))
  }

  private layOutFactories(state: CommittedState): FactoryColumns {
    const ids = [...this.factoryIds].sort(compareStateKeys)
    const records = ids.map((id) => readFactory(state, id)!)
    return {
      count: ids.length,
      ids,
      asteroid: Int32Array.from(records, ({ asteroid }) => this.rowOf(asteroid)),
      type: Uint8Array.from(records, ({ factory_kind }) => typeOf(factory_kind)),
      activity: Uint8Array.from(records, (record) => activityOf(record, state.height)),
    }
  }

  private layOutTransits(state: CommittedState): TransitColumns {
    const ids = [...this.transitIds].sort(compareStateKeys)
    const records = ids.map((id) => readTransit(state, id)!)
    return {
      count: ids.length,
      ids,
      from: Int32Array.from(records, ({ from_asteroid }) => this.rowOf(from_asteroid)),
      to: Int32Array.from(records, ({ to_asteroid }) => this.rowOf(to_asteroid)),
      depart: Int32Array.from(records, ({ depart_height }) => depart_height),
      arrive: Int32Array.from(records, ({ arrive_height }) => arrive_height),
    }
  }

  private rowOf(asteroid: string): number {
    return this.asteroidRows.get(asteroid) ?? 0
  }
}

function note(ids: Set<string>, id: string, exists: boolean): void {
  if (exists) ids.add(id)
  else ids.delete(id)
}

/** `factory.<type>.<mark>`; what is of another type counts as an assembler. */
function typeOf(factoryKind: string): number {
  const type = FACTORY_TYPES.indexOf(factoryKind.split('.')[1] as (typeof FACTORY_TYPES)[number])
  return type < 0 ? FACTORY_TYPES.length - 1 : type
}

/** As of the newest change of a factory; one that wears out while it runs is shown so at its next change. */
function activityOf(record: FactoryRecord, height: number): number {
  if (!record.ready) return BUILDING
  if (durabilityAt(record, height) === 0) return WORN_OUT
  return record.jobs.length > 0 ? RUNNING : IDLE
}
