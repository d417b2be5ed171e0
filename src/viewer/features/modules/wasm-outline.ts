/**
 * What a WebAssembly binary says about itself: its sections, and what it takes from and gives to its surroundings (core 2.0 §5.5). A reader for
 * people: it knows more than the world accepts, judges nothing, and stays within the bytes it is given.
 */

const SECTION_NAMES = ['custom', 'type', 'import', 'function', 'table', 'memory', 'global', 'export', 'start', 'element', 'code', 'data', 'dataCount', 'tag'] as const
export type SectionName = (typeof SECTION_NAMES)[number] | 'unknown'
const EXTERNAL_KINDS = ['function', 'table', 'memory', 'global', 'tag'] as const
export type ExternalKind = (typeof EXTERNAL_KINDS)[number]

export interface SectionOutline {
  readonly name: SectionName
  /** Of the contents, from the start of the file. */
  readonly offset: number
  readonly size: number
  /** Null for sections that are no lists. */
  readonly entries: number | null
  /** Name of a custom section. */
  readonly label: string | null
}

export interface MemoryOutline {
  /** Pages of 64 KiB. */
  readonly min: number
  readonly max: number | null
}

export interface WasmOutline {
  readonly size: number
  readonly sections: readonly SectionOutline[]
  readonly imports: readonly { readonly module: string; readonly name: string; readonly kind: ExternalKind; readonly type: string }[]
  readonly exports: readonly { readonly name: string; readonly kind: ExternalKind; readonly type: string }[]
  readonly memories: readonly MemoryOutline[]
  /** Index of the start function. */
  readonly start: number | null
}

/** Why a file is no module; the message is for logs, the page says it in its own words. */
export class OutlineError extends Error {}

/** More imports, exports or types would not be read. */
const MAX_ITEMS = 4_096
const MAX_NAME_BYTES = 4_096
const VALUE_TYPES: Readonly<Record<number, string>> = { 0x7f: 'i32', 0x7e: 'i64', 0x7d: 'f32', 0x7c: 'f64', 0x7b: 'v128', 0x70: 'funcref', 0x6f: 'externref' }

/** Throws `OutlineError` for bytes that are not laid out as a module. */
export function outlineOf(bytes: Uint8Array): WasmOutline {
  const magic = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00]
  if (magic.some((byte, at) => bytes[at] !== byte)) throw new OutlineError('no WebAssembly 1 binary')
  const cursor = new Cursor(bytes, magic.length, bytes.length)
  const sections: SectionOutline[] = []
  const contents = new Map<SectionName, Cursor>()
  while (!cursor.done) {
    const name: SectionName = SECTION_NAMES[cursor.u8()] ?? 'unknown'
    const size = cursor.u32()
    const offset = cursor.at
    const body = cursor.take(size)
    if (name === 'custom') sections.push({ name, offset, size, entries: null, label: body.text() })
    else {
      sections.push({ name, offset, size, entries: name === 'start' || name === 'unknown' ? null : body.fork().u32(), label: null })
      contents.set(name, body)
    }
  }
  const types = list(contents.get('type'), functionType)
  const functionTypes: number[] = []
  const globals: string[] = []
  const memories: MemoryOutline[] = []
  const imports = list(contents.get('import'), (item) => {
    const [module, name] = [item.text(), item.text()]
    const kind = kindOf(item.u8())
    return { module, name, kind, type: importType(item, kind) }
  })
  function importType(item: Cursor, kind: ExternalKind): string {
    switch (kind) {
      case 'function': {
        const index = item.u32()
        functionTypes.push(index)
        return types[index] ?? ''
      }
      case 'table': return tableType(item)
      case 'memory': {
        memories.push(memoryType(item))
        return ''
      }
      case 'global': {
        globals.push(globalType(item))
        return globals.at(-1)!
      }
      case 'tag': {
        item.u8()
        return types[item.u32()] ?? ''
      }
    }
  }
  functionTypes.push(...list(contents.get('function'), (item) => item.u32()))
  memories.push(...list(contents.get('memory'), memoryType))
  // Of globals only the first can be read without reading expressions; exported ones are rare and shown by kind alone.
  const exports = list(contents.get('export'), (item) => {
    const name = item.text()
    const kind = kindOf(item.u8())
    const index = item.u32()
    return { name, kind, type: kind === 'function' ? (types[functionTypes[index] ?? -1] ?? '') : kind === 'global' ? (globals[index] ?? '') : '' }
  })
  return { size: bytes.length, sections, imports, exports, memories, start: contents.get('start')?.fork().u32() ?? null }
}

function list<T>(section: Cursor | undefined, read: (item: Cursor) => T): T[] {
  if (section === undefined) return []
  const item = section.fork()
  const count = item.u32()
  if (count > MAX_ITEMS && count > section.length) throw new OutlineError('a section names more entries than it has bytes')
  const items: T[] = []
  for (let i = 0; i < Math.min(count, MAX_ITEMS); i++) items.push(read(item))
  return items
}

function functionType(item: Cursor): string {
  if (item.u8() !== 0x60) throw new OutlineError('a type that is no function type')
  const [params, results] = [valueTypes(item), valueTypes(item)]
  return `(${params.join(', ')}) → ${results.length === 0 ? '()' : results.join(', ')}`
}

function valueTypes(item: Cursor): string[] {
  const count = item.u32()
  if (count > item.length) throw new OutlineError('a type has more values than bytes')
  return Array.from({ length: count }, () => valueType(item.u8()))
}

const valueType = (code: number): string => VALUE_TYPES[code] ?? `0x${code.toString(16)}`

function tableType(item: Cursor): string {
  const element = valueType(item.u8())
  memoryType(item)
  return element
}

const globalType = (item: Cursor): string => `${valueType(item.u8())}${item.u8() === 1 ? ' mut' : ''}`

function memoryType(item: Cursor): MemoryOutline {
  const flags = item.u8()
  const min = item.u32()
  return { min, max: (flags & 1) === 1 ? item.u32() : null }
}

function kindOf(code: number): ExternalKind {
  const kind = EXTERNAL_KINDS[code]
  if (kind === undefined) throw new OutlineError('an import or export of an unknown kind')
  return kind
}

/** Reads [at, end); every read is bounded. */
class Cursor {
  private readonly bytes: Uint8Array
  private readonly end: number
  at: number

  constructor(bytes: Uint8Array, at: number, end: number) {
    this.bytes = bytes
    this.at = at
    this.end = end
  }

  get done(): boolean {
    return this.at >= this.end
  }

  get length(): number {
    return this.end - this.at
  }

  fork(): Cursor {
    return new Cursor(this.bytes, this.at, this.end)
  }

  take(size: number): Cursor {
    if (size > this.length) throw new OutlineError('a section is longer than the file')
    const taken = new Cursor(this.bytes, this.at, this.at + size)
    this.at += size
    return taken
  }

  u8(): number {
    if (this.done) throw new OutlineError('the file ends in the middle of an item')
    return this.bytes[this.at++]!
  }

  /** Unsigned LEB128 of at most 32 bits. */
  u32(): number {
    let value = 0
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.u8()
      value += (byte & 0x7f) * 2 ** shift
      if (byte < 0x80) return value
    }
    throw new OutlineError('a number is too long')
  }

  text(): string {
    const size = this.u32()
    if (size > MAX_NAME_BYTES) throw new OutlineError('a name is too long')
    const { at } = this.take(size)
    return new TextDecoder().decode(this.bytes.subarray(at, at + size))
  }
}
