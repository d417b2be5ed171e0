import { sha256, toHex } from '../../../codec/index.ts'
import { instrumentModule, WasmError } from '../../../wasm/index.ts'
import { useText } from '../../i18n/index.ts'
import { usePageText } from '../../i18n/pages/index.ts'
import type { PageCatalog } from '../../i18n/pages/index.ts'
import type { Format } from '../../i18n/index.ts'
import { whenNode } from '../../node-client/client.ts'
import { Empty, Fact, Facts, Panel, PeerText, Problem, Skeleton, TableScroll } from '../../ui/parts.tsx'
import { resultOf, useAsync } from '../../ui/use-async.ts'
import { OutlineError, outlineOf } from './wasm-outline.ts'
import type { MemoryOutline, WasmOutline } from './wasm-outline.ts'
import ui from '../../ui/ui.module.css'
import s from './modules.module.css'

type Opened =
  | { readonly state: 'missing' }
  | { readonly state: 'hash-differs' }
  | { readonly state: 'unreadable' }
  | { readonly state: 'read'; readonly outline: WasmOutline; /** Null for what this node would not run. */ readonly metered: number | null }

/** Fetches the bytes, computes their hash here, and reads them only when it is the one asked for. */
async function open(hash: string): Promise<Opened> {
  const wasm = await (await whenNode()).moduleWasm(hash)
  if (wasm === null) return { state: 'missing' }
  if (toHex(sha256(wasm)) !== hash) return { state: 'hash-differs' }
  try {
    return { state: 'read', outline: outlineOf(wasm), metered: meteredSize(wasm) }
  } catch (error) {
    if (error instanceof OutlineError) return { state: 'unreadable' }
    throw error
  }
}

function meteredSize(wasm: Uint8Array): number | null {
  try {
    return instrumentModule(wasm).length
  } catch (error) {
    if (error instanceof WasmError) return null
    throw error
  }
}

/** What is inside the bytes of a module. */
export function Binary({ hash }: { hash: string }) {
  const p = usePageText()
  const loaded = useAsync(hash, 0, () => open(hash))
  const opened = resultOf(loaded)
  return (
    <Panel title={p.module.binary}>
      {loaded.state === 'failed' && <Problem error={loaded.error} />}
      {opened === null ? loaded.state === 'loading' && <Skeleton lines={6} /> : <Contents opened={opened} />}
    </Panel>
  )
}

function Contents({ opened }: { opened: Opened }) {
  const { t, f } = useText()
  const p = usePageText()
  if (opened.state === 'missing') return <Empty>{p.module.binaryMissing}</Empty>
  if (opened.state === 'hash-differs') return <p className={ui.bad} role="alert">{p.module.hashDiffers}</p>
  if (opened.state === 'unreadable') return <p className={ui.bad} role="alert">{p.module.unreadable}</p>
  const { outline, metered } = opened
  return (
    <>
      <p className={ui.note}>{p.module.binaryIntro}</p>
      <Facts>
        <Fact name={p.module.plainSize}>{p.module.bytes(f.int(outline.size))}</Fact>
        <Fact name={p.module.meteredSize}>{metered === null ? t.app.unknown : <>{p.module.bytes(f.int(metered))} · {p.module.overhead(f.decimal(Math.round((metered / outline.size - 1) * 1000) / 10))}</>}</Fact>
        <Fact name={p.module.memory}>{outline.memories.length === 0 ? p.module.noMemory : outline.memories.map((memory) => memoryText(memory, p, f)).join(' · ')}</Fact>
        <Fact name={p.module.startFunction}>{outline.start === null ? t.app.none : f.int(outline.start)}</Fact>
      </Facts>
      <TableScroll label={p.module.binary}>
        <table className={s.sections}>
          <thead><tr><th scope="col">{p.module.section}</th><th scope="col" data-num>{p.module.offset}</th><th scope="col" data-num>{p.module.size}</th><th scope="col" data-num>{p.module.entries}</th></tr></thead>
          <tbody>
            {outline.sections.map(({ name, offset, size, entries, label }) => (
              <tr key={offset}>
                <th scope="row">{p.module.sections[name]} {label !== null && <code><PeerText value={label} limit={64} /></code>}</th>
                <td data-num>{f.int(offset)}</td><td data-num>{f.int(size)}</td><td data-num>{entries === null ? '–' : f.int(entries)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </TableScroll>
      <div className={ui.twins}>
        <section>
          <h3>{p.module.imports}</h3>
          {outline.imports.length === 0 ? <p className={ui.note}>{p.module.noImports}</p> : (
            <ul>{outline.imports.map(({ module, name, kind, type }, index) => <li key={index}><code><PeerText value={`${module}.${name}`} limit={120} /></code> <small>{p.module.exportKinds[kind]} {type}</small></li>)}</ul>
          )}
        </section>
        <section>
          <h3>{p.module.exports}</h3>
          {outline.exports.length === 0 ? <p className={ui.note}>{p.module.noExports}</p> : (
            <ul>{outline.exports.map(({ name, kind, type }, index) => <li key={index}><code><PeerText value={name} limit={120} /></code> <small>{p.module.exportKinds[kind]} {type}</small></li>)}</ul>
          )}
        </section>
      </div>
    </>
  )
}

function memoryText({ min, max }: MemoryOutline, p: PageCatalog, f: Format): string {
  return max === null ? p.module.memoryOpen(f.int(min)) : p.module.memoryIs(f.int(min), f.int(max))
}
