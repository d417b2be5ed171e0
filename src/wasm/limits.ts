/**
 * What a module may contain. Every bound is checked by our own validator before an engine sees a byte, and is well under the
 * limits all engines share (WebAssembly JS API §"Implementation-defined limits"), so no engine ever decides.
 * All of them are consensus constants: changing one changes which modules are acceptable.
 */
export interface ModuleLimits {
  /** Whole module, bytes. A proposal travels in one block and is checked by every tab. */
  readonly moduleBytes: number
  readonly types: number
  readonly functions: number
  readonly params: number
  readonly results: number
  /** Declared locals of one function. Engines allow 50,000, but zeroing them is work the entry charge must cover. */
  readonly locals: number
  /** One function body, bytes. Bounds the longest straight run between two fuel checks and the time an optimising compiler spends on it. */
  readonly bodyBytes: number
  /** Nested blocks. */
  readonly nesting: number
  /** Targets of one br_table. */
  readonly branchTargets: number
  readonly globals: number
  readonly exports: number
  /** One export name, bytes. */
  readonly nameBytes: number
  /** Entries of the function table. */
  readonly tableEntries: number
  /** Memory maximum in 64 KiB pages; a larger declared maximum is clamped to it. */
  readonly memoryPages: number
  readonly dataSegments: number
  readonly elementSegments: number
  /** Function references in all element segments together. */
  readonly elementItems: number
  /** Params + locals + operand height of one function, in 8-byte slots. */
  readonly frameSlots: number
  /** Deepest chain of calls without recursion, in units of four slots; see STACK_UNITS. */
  readonly staticStackUnits: number
}

export const DEFAULT_LIMITS: ModuleLimits = {
  moduleBytes: 1 << 20,
  types: 1000,
  functions: 5000,
  params: 32,
  results: 16,
  locals: 512,
  bodyBytes: 128 << 10,
  nesting: 256,
  branchTargets: 1024,
  globals: 256,
  exports: 256,
  nameBytes: 256,
  tableEntries: 10_000,
  memoryPages: 256,
  dataSegments: 1024,
  elementSegments: 256,
  elementItems: 10_000,
  frameSlots: 1024,
  staticStackUnits: 2048,
}

export const PAGE_BYTES = 65_536
