import { beforeAll, describe, expect, it } from 'vitest'
import { toHex } from '../codec/index.ts'
import { eventHash } from '../world/index.ts'
import { csvRows } from './csv.ts'
import { exportAudit } from './export-audit.ts'
import type { ExportOptions } from './export-audit.ts'
import { NO_FILTER } from './filter.ts'
import { decodeGenesisValue, genesisValidators } from './genesis-validators.ts'
import { jsonLines } from './jsonl.ts'
import { decodeLine, encodeLine } from './lines.ts'
import type { AuditLine, BlockLine, EventLine, MetaLine } from './lines.ts'
import { readLines } from './read-lines.ts'
import type { AuditSource } from './source.ts'
import { certify, RecordedChain, recordedWorld, RecordedWorld, validatorSet } from './testing/recorded-chain.ts'
import { parseCheckpoint, verifyAudit } from './verify-audit.ts'
import type { VerifyOptions } from './verify-audit.ts'

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = []
  for await (const item of items) list.push(item)
  return list
}

async function* bytesOf(text: string, size = 1_000): AsyncGenerator<Uint8Array> {
  const bytes = new TextEncoder().encode(text)
  for (let at = 0; at < bytes.length; at += size) yield bytes.slice(at, at + size)
}

const fileOf = async (source: AuditSource, options?: ExportOptions): Promise<string> => (await collect(jsonLines(exportAudit(source, options)))).join('')
const verify = (file: string, options?: VerifyOptions) => verifyAudit(readLines(bytesOf(file)), options)
const rootOf = ({ genesis }: RecordedChain) => genesisValidators(decodeGenesisValue(genesis!))
const eventsOf = (lines: readonly AuditLine[]): EventLine[] => lines.filter((line) => line.type === 'event')

/** Code and line of the refusal, or what it was worth. */
async function verdict(file: string, options?: VerifyOptions): Promise<string> {
  try {
    const { root, proven, records } = await verify(file, options)
    return `${root} ${proven}/${records}`
  } catch (error) {
    const { code, detail } = error as { code: string; detail: { line: number } }
    return `${code} at ${detail.line}`
  }
}

let world: RecordedWorld
let file: string
let lines: string[]
beforeAll(async () => {
  world = recordedWorld()
  file = await fileOf(world)
  lines = file.split('\n').slice(0, -1)
})

describe('an audit file', () => {
  it('proves every event of a real world down to the world id, and that none is missing in between', async () => {
    const report = await verify(file)
    expect(report).toMatchObject({ anchored: false, trusted: false })
    expect(await verify(file, { worldId: world.worldId })).toMatchObject({ anchored: true, trusted: true })
    expect(report).toMatchObject({ world_id: world.worldId, root: 'genesis', records: 6, proven: 6, first: '1-0', last: '4-2', unbroken: true, next_cursor: null })
    expect(eventsOf(lines.map(decodeLine)).map(({ kind, payload }) => ({ kind, payload }))).toEqual(
      world.blocks.flatMap(({ events }) => events.map(({ kind, payload }) => ({ kind, payload }))),
    )
  })

  it('reads the same in whatever pieces its bytes come', async () => {
    for (const size of [1, 7, file.length]) expect(await collect(readLines(bytesOf(file, size)))).toEqual(lines)
  })

  it('rests on a genesis or a checkpoint from elsewhere when it carries none', async () => {
    const bare = await fileOf(world, { withoutGenesis: true, checkpoint: 2 })
    expect(await verdict(bare)).toBe('none 0/6')
    expect(await verdict(bare, { genesis: rootOf(world) })).toBe('genesis 6/6')
    const { header, certificate } = world.blocks[1]!
    const checkpoint = parseCheckpoint(`${header.world_id}:2:${toHex(certificate.block_hash)}`)
    expect(await verdict(bare, { checkpoint })).toBe('checkpoint 6/6')
    expect(await verdict(bare, { checkpoint: { ...checkpoint, block_hash: new Uint8Array(32) } })).toBe('WRONG_CHECKPOINT at 4')
    expect(await verdict(bare, { checkpoint: { ...checkpoint, height: 3 } })).toBe('CHECKPOINT_NOT_COVERED at 1')
    const other = recordedWorld('elsewhere')
    expect(await verdict(file, { checkpoint: { ...checkpoint, world_id: other.worldId } })).toBe('WRONG_WORLD at 1')
    expect(await verdict(file, { genesis: rootOf(other) })).toBe('WRONG_WORLD at 1')
    expect(await verdict(file, { worldId: other.worldId })).toBe('WRONG_WORLD at 1')
    expect(await verdict(file, { worldId: world.worldId })).toBe('genesis 6/6')
    for (const bytes of [[1, 2], [0xf6], [0xa0]]) expect(() => genesisValidators(decodeGenesisValue(new Uint8Array(bytes)))).toThrow(expect.objectContaining({ code: 'GENESIS_INVALID' }))
  })

  it('refuses a checkpoint that is written otherwise', () => {
    for (const text of ['', 'a:1:b', `${world.worldId}:0:${'0'.repeat(64)}`, `${world.worldId}:1:${'0'.repeat(62)}`, `${world.worldId}:1:${'x'.repeat(64)}`, `${world.worldId}:1:${'0'.repeat(64)}:2`]) {
      expect(() => parseCheckpoint(text), text).toThrow(expect.objectContaining({ code: 'CHECKPOINT_INVALID' }))
    }
  })
})

describe('filters', () => {
  const kept = async (filter: Partial<typeof NO_FILTER>, options: ExportOptions = {}): Promise<string[]> => {
    const text = await fileOf(world, { ...options, filter: { ...NO_FILTER, ...filter } })
    expect((await verify(text)).unbroken).toBe(false)
    return eventsOf(text.trimEnd().split('\n').map(decodeLine)).map(({ id }) => id)
  }

  it('take kinds and causes, whole or by prefix', async () => {
    expect(await kept({ kind: 'resource.transferred' })).toEqual(['2-0', '2-1', '4-0'])
    expect(await kept({ kind: 'action.*' })).toEqual(['4-1'])
    expect(await kept({ cause: world.blocks[0]!.events[0]!.caused_by })).toEqual(['1-0'])
    expect(await kept({ cause: 'schedule:*' })).toEqual([])
  })

  it('take events that mention an agent, with or without the prefix of its record', async () => {
    const trader = world.agents[1]!.agent_id
    expect(await kept({ agent: trader, kind: 'observation.recorded' })).toEqual(['4-2'])
    expect(await kept({ agent: trader.replace('agent/', ''), kind: 'observation.recorded' })).toEqual(['4-2'])
  })

  it('take events that mention a proposal or a module anywhere', async () => {
    const chain = eventChain([
      [{ kind: 'governance.proposed', payload: { proposal_id: 'ab' } }, { kind: 'module.upgraded', payload: { proposal_id: 'ab', modules: [{ module_id: 'm1.rule.move' }] } }],
      [{ kind: 'module.registered', payload: { module_version: 'm1.rule.move@2' } }, { kind: 'manifest.updated', payload: { modules: { 'm1.rule.move': { version: 2 } } } }],
    ])
    const ids = async (filter: Partial<typeof NO_FILTER>) => eventsOf(await collect(exportAudit(chain, { filter: { ...NO_FILTER, ...filter } }))).map(({ id }) => id)
    expect(await ids({ proposal: 'ab' })).toEqual(['1-0', '1-1'])
    expect(await ids({ module: 'm1.rule.move' })).toEqual(['1-1', '2-0', '2-1'])
    expect(await ids({ module: 'm1.rule' })).toEqual([])
  })

  it('narrow to a range of heights that is stored', async () => {
    expect(eventsOf(await collect(exportAudit(world, { from: 2, to: 3 }))).map(({ id }) => id)).toEqual(['2-0', '2-1'])
    await expect(collect(exportAudit(world, { from: 9 }))).rejects.toMatchObject({ code: 'RANGE_EMPTY', detail: { earliest: 1, latest: 5 } })
    await expect(collect(exportAudit(new RecordedChain(world.worldId, null)))).rejects.toMatchObject({ code: 'RANGE_EMPTY' })
  })

  it('that match nothing by their form are refused', async () => {
    for (const filter of [{ kind: '' }, { kind: 'a*b' }, { agent: '' }]) {
      await expect(collect(exportAudit(world, { filter: { ...NO_FILTER, ...filter } }))).rejects.toMatchObject({ code: 'FILTER_INVALID' })
    }
  })
})

describe('pages', () => {
  it('of any size hold together what one file holds, each proven alone, while the chain grows', async () => {
    for (const limit of [1, 2, 3, 4]) {
      const growing = recordedWorld()
      const ids: string[] = []
      let cursor: string | null = null
      do {
        const page = await fileOf(growing, cursor === null ? { limit } : { limit, cursor })
        const report = await verify(page)
        expect(report.proven).toBe(report.records)
        ids.push(...eventsOf(page.trimEnd().split('\n').map(decodeLine)).map(({ id }) => id))
        cursor = report.next_cursor
        growing.block({ by: 0, action: { kind: 'query_observation' } })
      } while (cursor !== null)
      expect(ids, `limit ${limit}`).toEqual(['1-0', '2-0', '2-1', '4-0', '4-1', '4-2'])
    }
  })

  it('refuse a cursor of another filter, another world, a damaged one, and one whose blocks are gone; the smallest that works is named', async () => {
    const pruned = recordedWorld()
    const { next_cursor } = await verify(await fileOf(pruned, { limit: 1 }))
    const cursor = next_cursor!
    const refused = async (source: AuditSource, options: ExportOptions): Promise<{ min_valid_cursor: string }> => {
      const error = await collect(exportAudit(source, options)).then(() => null, (thrown: unknown) => thrown)
      expect(error).toMatchObject({ code: 'CURSOR_INVALID' })
      return (error as { detail: { min_valid_cursor: string } }).detail
    }
    await refused(pruned, { cursor, filter: { ...NO_FILTER, kind: 'action.*' } })
    await refused(recordedWorld('elsewhere'), { cursor })
    for (const damaged of ['', 'nonsense', '!', `${cursor.slice(0, -1)}${cursor.endsWith('A') ? 'E' : 'A'}`, `A${cursor.slice(1)}`]) if (damaged !== cursor) await refused(pruned, { cursor: damaged })
    pruned.earliest = 4
    const { min_valid_cursor } = await refused(pruned, { cursor })
    expect(eventsOf(await collect(exportAudit(pruned, { cursor: min_valid_cursor }))).map(({ id }) => id)).toEqual(['4-0', '4-1', '4-2'])
  })
})

describe('a file that was changed', () => {
  const edited = (at: number, edit: (line: string) => string): string => lines.map((line, index) => (index === at ? edit(line) : line)).join('\n') + '\n'
  const without = (...at: number[]): string => lines.filter((_, index) => !at.includes(index)).join('\n') + '\n'
  const rewritten = <T extends AuditLine>(at: number, edit: (line: T) => AuditLine): string => edited(at, (line) => encodeLine(edit(decodeLine(line) as T)))
  // Lines: 0 meta, 1 block 1, 2 event 1-0, 3 block 2, 4 event 2-0, 5 event 2-1, 6 block 4, 7–9 events 4-0 to 4-2, 10 block 5, 11 end.

  it('in a payload, a kind, a cause or an index is refused at that line', async () => {
    expect(await verdict(edited(4, (line) => line.replace('"amount":5', '"amount":6')))).toBe('NOT_IN_BLOCK at 5')
    expect(await verdict(rewritten<EventLine>(8, (line) => ({ ...line, kind: 'action.accepted' })))).toBe('NOT_IN_BLOCK at 9')
    expect(await verdict(rewritten<EventLine>(8, (line) => ({ ...line, caused_by: 'block' })))).toBe('NOT_IN_BLOCK at 9')
    expect(await verdict(rewritten<EventLine>(8, (line) => ({ ...line, id: '4-7', index: 7 })))).toBe('NOT_IN_BLOCK at 9')
    expect(await verdict(rewritten<EventLine>(8, (line) => ({ ...line, id: '4-2' })))).toBe('WRONG_EVENT_ID at 9')
    expect(await verdict(rewritten<EventLine>(8, (line) => ({ ...line, prev_hash: new Uint8Array(32) })))).toBe('NOT_IN_BLOCK at 9')
    expect(await verdict(rewritten<EventLine>(8, (line) => ({ ...line, proof: { ...line.proof, size: 9 } })))).toBe('NOT_IN_BLOCK at 9')
    expect(await verdict(rewritten<EventLine>(8, (line) => ({ ...line, proof: { ...line.proof, siblings: line.proof.siblings.slice(1) } })))).toBe('NOT_IN_BLOCK at 9')
  })

  it('by moving, doubling or swapping lines is refused where it shows', async () => {
    const moved = [...lines.slice(0, 4), ...lines.slice(5, 8), lines[4]!, ...lines.slice(8)].join('\n')
    expect(await verdict(moved)).toBe('LINE_OUT_OF_PLACE at 8')
    expect(await verdict([...lines.slice(0, 5), lines[5]!, lines[5]!, ...lines.slice(6)].join('\n'))).toBe('WRONG_ORDER at 7')
    expect(await verdict([...lines.slice(0, 4), lines[5]!, lines[4]!, ...lines.slice(6)].join('\n'))).toBe('WRONG_ORDER at 6')
    expect(await verdict([...lines.slice(0, 4), lines[3]!, ...lines.slice(4)].join('\n'))).toBe('WRONG_ORDER at 5')
    expect(await verdict(file + file)).toBe('LINE_OUT_OF_PLACE at 13')
    expect(await verdict(lines.slice(1).join('\n'))).toBe('LINE_OUT_OF_PLACE at 1')
  })

  it('by cutting or removing lines is refused', async () => {
    expect(await verdict('')).toBe('FILE_EMPTY at 1')
    expect(await verdict(lines.slice(0, 6).join('\n'))).toBe('TRUNCATED at 6')
    expect(await verdict(file.slice(0, file.indexOf('"amount"')))).toBe('LINE_MALFORMED at 5')
    expect(await verdict(without(5))).toBe('WRONG_COUNT at 11')
    expect(await verdict(without(3))).toBe('LINE_OUT_OF_PLACE at 4')
    expect(await verdict(without(10))).toBe('TRUNCATED at 11')
  })

  it('by leaving an event out and counting anew is no longer unbroken', async () => {
    const gap = without(5).replace('"records":6', '"records":5')
    expect(await verify(gap)).toMatchObject({ records: 5, proven: 5, unbroken: false })
  })

  it('by a forged header is refused: no certificate holds for it', async () => {
    const root = world.blocks[3]!.header.events_root
    expect(await verdict(rewritten<BlockLine>(3, (line) => ({ ...line, header: { ...line.header, events_root: root } })))).toBe('CERTIFICATE_INVALID at 4')
    expect(await verdict(rewritten<BlockLine>(3, (line) => ({ ...line, header: { ...line.header, time: 1 } })))).toBe('CERTIFICATE_INVALID at 4')
    const other = recordedWorld('elsewhere')
    expect(await verdict(rewritten<BlockLine>(3, () => ({ type: 'block', header: other.blocks[1]!.header, certificate: other.blocks[1]!.certificate, next_validators: null })))).toBe('WRONG_WORLD at 4')
  })

  it('by a certificate of other validators is refused', async () => {
    const mallory = validatorSet('mallory')
    expect(await verdict(rewritten<BlockLine>(3, (line) => ({ ...line, certificate: certify(line.header, mallory) })))).toBe('CERTIFICATE_INVALID at 4')
    // With validators of its own choice a file still cannot claim the genesis of the world.
    expect(await verdict(rewritten<MetaLine>(0, (line) => ({ ...line, validators: mallory })))).toBe('WRONG_VALIDATOR_SET at 2')
    const forged = forgery(world, mallory)
    expect(await verdict(await fileOf(forged))).toBe('none 0/6')
    expect(await verdict(await fileOf(forged), { genesis: rootOf(world) })).toBe('none 0/6')
  })

  it('to be of another world, or to hold another genesis, is refused', async () => {
    const other = recordedWorld('elsewhere')
    expect(await verdict(rewritten<MetaLine>(0, (line) => ({ ...line, world_id: other.worldId })))).toBe('WRONG_GENESIS at 1')
    expect(await verdict(rewritten<MetaLine>(0, (line) => ({ ...line, world_id: other.worldId, genesis: null })))).toBe('WRONG_WORLD at 2')
    expect(await verdict(rewritten<MetaLine>(0, (line) => ({ ...line, genesis: decodeGenesisValue(other.genesis!) })))).toBe('WRONG_GENESIS at 1')
  })

  it('to claim another filter, range or checkpoint is refused', async () => {
    expect(await verdict(rewritten<MetaLine>(0, (line) => ({ ...line, filter: { ...NO_FILTER, kind: 'resource.*' } })))).toBe('OUTSIDE_FILTER at 3')
    expect(await verdict(rewritten<MetaLine>(0, (line) => ({ ...line, from: 2 })))).toBe('OUTSIDE_FILTER at 3')
    expect(await verdict(rewritten<MetaLine>(0, (line) => ({ ...line, from_index: 1 })))).toBe('OUTSIDE_FILTER at 3')
    expect(await verdict(rewritten<MetaLine>(0, (line) => ({ ...line, checkpoint: { height: 5, block_hash: new Uint8Array(32) } })))).toBe('WRONG_CHECKPOINT at 11')
  })

  it('in how a line is written is refused, whatever it would read as', async () => {
    for (const edit of [
      (line: string) => line.replace('"index":0', '"index":0.0'),
      (line: string) => line.replace('"index":0', '"index": 0'),
      (line: string) => line.replace('"kind":', '"kind":"harmless","kind":'),
      (line: string) => line.replace('{"type"', '{"note":"x","type"'),
      (line: string) => `${line}\r`,
      () => '',
      () => 'null',
      () => '{"type":"event"}',
      () => '[[[[',
    ]) expect(await verdict(edited(4, edit))).toBe('LINE_MALFORMED at 5')
    await expect(verify('\u0000')).rejects.toMatchObject({ code: 'LINE_MALFORMED' })
    await expect(verifyAudit(readLines((async function* () { yield new Uint8Array([0xff, 0xfe]) })()))).rejects.toMatchObject({ code: 'LINE_MALFORMED' })
  })
})

describe('validators that change', () => {
  const [one, two, three] = [validatorSet('v1', 'v2'), validatorSet('v2', 'v3'), validatorSet('v4')]
  /** Sets by height 1 to 9, and the events of heights 4 and 9. */
  const sets = [one, one, one, two, two, two, two, three, three]

  function changing(): RecordedChain {
    return eventChain(sets.map((_, index) => (index === 3 || index === 8 ? [{ kind: 'noted', payload: { at: index + 1 } }] : [])), sets)
  }

  it('are followed block by announcing block', async () => {
    const text = await fileOf(changing())
    const parsed = text.trimEnd().split('\n').map(decodeLine)
    expect(parsed.flatMap((line) => (line.type === 'block' ? [line.header.height] : []))).toEqual([3, 4, 7, 9])
    expect(await verify(text)).toMatchObject({ set_changes: 2, records: 2, root: 'none' })
  })

  it('rest on a checkpoint from its block on and not before', async () => {
    const chain = changing()
    const checkpoint = { world_id: chain.worldId, height: 9, block_hash: chain.blocks[8]!.certificate.block_hash }
    expect(await verdict(await fileOf(chain), { checkpoint })).toBe('checkpoint 1/2')
    const early = { ...checkpoint, height: 1, block_hash: chain.blocks[0]!.certificate.block_hash }
    expect(await verdict(await fileOf(chain, { checkpoint: 1 }), { checkpoint: early })).toBe('checkpoint 2/2')
  })

  it('cannot be skipped, exchanged or invented', async () => {
    const text = (await fileOf(changing())).trimEnd().split('\n')
    const at = (height: number): number => text.findIndex((line) => line.startsWith('{"type":"block"') && line.includes(`"height":${height},`))
    expect(await verdict(text.filter((_, index) => index !== at(3)).join('\n'))).toMatch(/^WRONG_VALIDATOR_SET at 2/)
    const edit = (height: number, change: (line: BlockLine) => BlockLine): string => text.map((line, index) => (index === at(height) ? encodeLine(change(decodeLine(line) as BlockLine)) : line)).join('\n')
    expect(await verdict(edit(3, (line) => ({ ...line, next_validators: three })))).toBe(`WRONG_VALIDATOR_SET at ${at(3) + 1}`)
    expect(await verdict(edit(3, (line) => ({ ...line, next_validators: null })))).toBe(`WRONG_VALIDATOR_SET at ${at(3) + 1}`)
    expect(await verdict(edit(4, (line) => ({ ...line, next_validators: two })))).toBe(`WRONG_VALIDATOR_SET at ${at(4) + 1}`)
    expect(await verdict(edit(7, (line) => ({ ...line, certificate: certify(line.header, one) })))).toBe(`CERTIFICATE_INVALID at ${at(7) + 1}`)
  })
})

describe('the table for spreadsheets', () => {
  it('has a row for each event, quoted, with nothing a spreadsheet would run', async () => {
    const chain = eventChain([[
      { kind: '=HYPERLINK("http://x")', payload: { agent: '@SUM(1)', module_id: '-m', proposal_id: '+1' } },
      { kind: 'noted', payload: { text: 'a "quoted", \n line', bytes: new Uint8Array([255]), $hex: 'no bytes' } },
    ]])
    const rows = await collect(csvRows(exportAudit(chain)))
    expect(rows[0]).toBe('height,index,id,time,kind,caused_by,proposal_id,shadow_status,shadow_report_hash,module_id,agent,payload,prev_hash,block_hash\r\n')
    expect(rows).toHaveLength(3)
    expect(rows[1]).toContain(`"'=HYPERLINK(""http://x"")",block,"'+1",,,"'-m","'@SUM(1)"`)
    expect(rows[2]).toContain('"{""text"":""a \\""quoted\\"", \\n line""')
    expect(rows[2]).toContain('""bytes"":{""$hex"":""ff""}')
    expect(rows[2]).toContain('""$$hex"":""no bytes""')
    expect(await verify(await fileOf(chain))).toMatchObject({ records: 2 })
  })

  it('neutralises every cell that begins like a formula, and keeps all others as they are', async () => {
    const hostile = ['=1+1', '+1', '-1', '@A1', '\t=1', '\r=1', '＝1', '＋1', '－1', '＠1']
    const harmless = ['a=1', '1-1', 'x@y', ' =1', "it's"]
    const chain = eventChain([[...hostile, ...harmless].map((kind) => ({ kind, payload: { text: kind } }))])
    const cells = (await collect(csvRows(exportAudit(chain)))).slice(1).map((row) => /^1,\d+,[^,]*,[^,]*,("(?:[^"]|"")*"|[^,]*),/.exec(row)![1]!)
    const values = cells.map((cell) => (cell.startsWith('"') ? cell.slice(1, -1).replaceAll('""', '"') : cell))
    expect(values).toEqual([...hostile.map((kind) => `'${kind}`), ...harmless])
  })

  it('says of later failures which proposal brought the module, and of no event what it does not know', async () => {
    const chain = eventChain([
      [{ kind: 'module.call_failed', payload: { module_id: 'm1.a', code: 'TRAP' } }],
      [{ kind: 'module.load_failed', payload: { module_id: 'm1.a', proposal_id: 'ab' } }, { kind: 'governance.shadow_report', payload: { proposal_id: 'ab', report_hash: 'ff', report: { status: 'warning' } } }],
      [{ kind: 'module.upgraded', payload: { module_id: 'm1.a', upgraded_by: 'ab' } }, { kind: 'module.call_failed', payload: { module_id: 'm1.a' } }, { kind: 'module.call_failed', payload: { module_id: 'm1.b' } }],
    ])
    const joined = (await collect(csvRows(exportAudit(chain)))).slice(1).map((row) => row.split(',').slice(6, 9))
    expect(joined).toEqual([['', '', ''], ['ab', 'warning', 'ff'], ['ab', 'warning', 'ff'], ['ab', 'warning', 'ff'], ['ab', 'warning', 'ff'], ['', '', '']])
  })
})

/** A chain of made-up events, one list a block, under the given sets. */
function eventChain(blocks: readonly (readonly { kind: string; payload: Record<string, never> | object }[])[], sets = blocks.map(() => validatorSet('v1'))): RecordedChain {
  const chain = new RecordedChain(`made-up.${'ab'.repeat(32)}`, null)
  blocks.forEach((drafts, at) => {
    const height = at + 1
    const events = drafts.map(({ kind, payload }, index) => ({
      id: `${height}-${index}`, height, index, caused_by: 'block' as const, kind, payload: payload as never, prev_hash: new Uint8Array(32),
    }))
    // Within a block the hash chain must hold for a file to be accepted.
    chain.append(sets[at]!, { events: chained(events), next: sets[at + 1] ?? sets[at]! })
  })
  return chain
}

function chained<E extends { prev_hash: Uint8Array }>(events: readonly E[]): E[] {
  const done: E[] = []
  for (const event of events) done.push(done.length === 0 ? event : { ...event, prev_hash: eventHash(done.at(-1)! as never) })
  return done
}

/** The blocks of a world with certificates of validators it never had. */
function forgery(real: RecordedWorld, validators: ReturnType<typeof validatorSet>): RecordedChain {
  const chain = new RecordedChain(real.worldId, real.genesis)
  for (const { events } of real.blocks) chain.append(validators, { events, next: validators })
  return chain
}
