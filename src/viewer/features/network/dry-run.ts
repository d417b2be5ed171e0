/** Input of the module dry run, checked before anything leaves the form. Pure. */
import { encodeCanonical, fromHex } from '../../../codec/index.ts'
import type { Catalog } from '../../i18n/index.ts'

/** The world accepts no larger module (wasm/limits.ts). */
export const MAX_MODULE_BYTES = 1 << 20
export const MAX_FUEL = 1_000_000_000_000
export const DEFAULT_FUEL = 10_000_000

export type DryRunProblem = 'chooseFile' | 'tooLarge' | 'badFuel' | 'badHex'

export interface DryRunForm {
  readonly wasm: Uint8Array | null
  readonly entrypoint: string
  readonly fuel: string
  readonly inputHex: string
}

export interface DryRunRequest {
  readonly wasm: Uint8Array
  readonly entrypoint: string
  readonly input: Uint8Array
  readonly max_gas: number
}

export function readDryRun(form: DryRunForm): DryRunRequest | DryRunProblem {
  if (form.wasm === null) return 'chooseFile'
  if (form.wasm.length > MAX_MODULE_BYTES) return 'tooLarge'
  const max_gas = Number(form.fuel.replaceAll(/[\s_,]/g, ''))
  if (!Number.isSafeInteger(max_gas) || max_gas < 1 || max_gas > MAX_FUEL) return 'badFuel'
  const hex = form.inputHex.replaceAll(/\s/g, '')
  if (!/^([0-9a-fA-F]{2})*$/.test(hex)) return 'badHex'
  return { wasm: form.wasm, entrypoint: form.entrypoint, max_gas, input: hex === '' ? emptyCall(max_gas) : fromHex(hex) }
}

/** What a result's code means. The validator has a code for every way a file can be wrong; to the reader they are one, and the detail tells them apart. */
export function dryRunHelp(code: string, { codes }: Pick<Catalog, 'codes'>): { readonly what: string; readonly next: string } | undefined {
  return codes.failures[code] ?? (code.startsWith('WASM_') ? codes.failures['MODULE_INVALID'] : undefined)
}

/** The smallest call a `wasm-1` module can read: a context and nothing to judge. */
function emptyCall(max_gas: number): Uint8Array {
  return encodeCanonical({
    ctx: {
      v: 'wasm-1', module_id: 'dry.run', trace_id: 'dry-run', time: 0, origin: { kind: 'dry_run', id: 'page' },
      limits: { max_mem_bytes: 1 << 20, max_gas, max_call_rate: 1, max_output_bytes: 1 << 16, max_effects: 0, max_emits: 16 },
    },
  })
}
