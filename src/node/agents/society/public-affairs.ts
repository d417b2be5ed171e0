import { ACTIVE_CRISES_KEY, ACTIVE_WARS_KEY, councilKey, INDUSTRY_KEY, OPEN_COUNCILS_KEY } from '../../../world/index.ts'
import type {
  ActiveCrises, AllianceRecord, ArtifactRecord, ContractRecord, CouncilRecord, CrisisRecord, IndustryRecord, IndustryStage,
} from '../../../world/index.ts'
import type { AgentHost } from '../types.ts'

/** Things of one kind the agents keep an eye on: more is not read, however large the world. */
const MOST = 24
/** Contracts stay readable for some time after they are over, so there are more of them. */
const MOST_CONTRACTS = 64

export interface Known<R> {
  readonly id: string
  readonly record: R
}

/** What everybody knows at one height. */
export interface PublicAffairs {
  readonly height: number
  readonly stage: IndustryStage
  /** Products certified so far, by id. */
  readonly certified: ReadonlySet<string>
  readonly alliances: readonly Known<AllianceRecord>[]
  /** Open or accepted. */
  readonly contracts: readonly Known<ContractRecord>[]
  readonly crises: readonly Known<CrisisRecord>[]
  /** Open ones; the id is the key to vote by. */
  readonly councils: readonly Known<CouncilRecord>[]
  readonly wars: number
  readonly artifacts: readonly Known<ArtifactRecord>[]
}

/** Reads public affairs once a height, whoever asks first. */
export class AffairsReader {
  private readonly host: AgentHost
  private latest: { readonly height: number; readonly affairs: Promise<PublicAffairs> } | null = null

  constructor(host: AgentHost) {
    this.host = host
  }

  at(height: number): Promise<PublicAffairs> {
    if (this.latest?.height !== height) this.latest = { height, affairs: this.read(height) }
    return this.latest.affairs
  }

  private async read(height: number): Promise<PublicAffairs> {
    const industry = await this.record<IndustryRecord>(INDUSTRY_KEY)
    const contracts = await this.all<ContractRecord>('contract/', MOST_CONTRACTS)
    const crises = await this.record<ActiveCrises>(ACTIVE_CRISES_KEY)
    const councils = await this.record<readonly string[]>(OPEN_COUNCILS_KEY)
    return {
      height,
      stage: industry?.stage ?? 'bootstrap',
      certified: new Set((await this.host.list('product/', MOST)).map((key) => key.slice('product/'.length))),
      alliances: await this.all<AllianceRecord>('alliance/'),
      contracts: contracts.filter(({ record }) => record.status === 'open' || record.status === 'accepted'),
      crises: await this.known<CrisisRecord>(crises?.ids ?? []),
      councils: (await this.known<CouncilRecord>((councils ?? []).map(councilKey))).map(({ id, record }) => ({ id: id.slice(councilKey('').length), record })),
      wars: ((await this.record<readonly string[]>(ACTIVE_WARS_KEY)) ?? []).length,
      artifacts: await this.all<ArtifactRecord>('artifact/'),
    }
  }

  private async record<R>(key: string): Promise<R | null> {
    return (await this.host.record(key)) as unknown as R | null
  }

  private async all<R>(prefix: string, most = MOST): Promise<readonly Known<R>[]> {
    return this.known<R>(await this.host.list(prefix, most))
  }

  private async known<R>(ids: readonly string[]): Promise<readonly Known<R>[]> {
    const found: Known<R>[] = []
    for (const id of ids) {
      const record = await this.record<R>(id)
      if (record !== null) found.push({ id, record })
    }
    return found
  }
}
