import { CodecError, schema } from '../../codec/index.ts'
import type { Value } from '../../codec/index.ts'
import { cutText } from '../cut-text.ts'
import type { EventLog } from '../event-log.ts'
import type { EventCause } from '../events.ts'
import type { GameplayKind, ModuleManifest } from '../module-manifest.ts'
import type { AnyDirectiveRule, PartContext } from '../part.ts'
import { PARTS } from '../parts.ts'
import { isRejection } from '../rejections.ts'

const { anyValue, array, object } = schema

/** The emit that carries what a gameplay module wants to happen. */
export const DIRECTIVES_EMIT = 'gameplay.lifecycle.directives'

/** Most directives of one call, in however many emits: bounds what it can cause. */
const MAX_DIRECTIVES = 64

/** Of a type that goes on record. */
const MAX_TYPE_LENGTH = 64

const directivesSchema = object({ directives: array(anyValue(), MAX_DIRECTIVES) })

const DIRECTIVE_RULES: ReadonlyMap<string, AnyDirectiveRule> = new Map(PARTS.flatMap(({ directives }) => directives).map((rule) => [rule.type, rule]))

/** What a gameplay module directs in one call. Throws `CodecError` for payloads that are no lists of directives, or hold too many: the module's fault. */
export function readDirectives(payloads: readonly Value[]): readonly Value[] {
  const directives = payloads.flatMap((payload) => directivesSchema.parse(payload, DIRECTIVES_EMIT).directives)
  if (directives.length > MAX_DIRECTIVES) throw new CodecError('SCHEMA_MISMATCH', `A call directs at most ${MAX_DIRECTIVES} things.`)
  return directives
}

/**
 * Carries out directives, one after the other; each is checked by the kernel, and one that does not hold is put on record as
 * `directive.refused` and changes nothing.
 */
export function carryOutDirectives(log: EventLog, cause: EventCause, manifest: ModuleManifest, directives: readonly Value[], context: PartContext): void {
  for (const directive of directives) {
    const type = typeOf(directive)
    const refuse = (code: string): void => void log.emit(cause, 'directive.refused', { module_id: manifest.module_id, type, code })
    const rule = DIRECTIVE_RULES.get(type)
    if (rule === undefined || !rule.from.includes(manifest.abi_contract?.gameplay?.kind as GameplayKind)) {
      refuse('NOT_ALLOWED')
      continue
    }
    let parsed: unknown
    try {
      parsed = rule.shape.parse(directive, 'directive')
    } catch (error) {
      if (!(error instanceof CodecError)) throw error
      refuse('BAD_DIRECTIVE')
      continue
    }
    const outcome = rule.carryOut(context, parsed)
    if (isRejection(outcome)) refuse(outcome.code)
    else for (const { event, payload: told } of outcome) log.emit(cause, event, told)
  }
}

/** Cut short: it goes on record even when it is nonsense. */
function typeOf(directive: Value): string {
  if (typeof directive !== 'object' || directive === null || Array.isArray(directive) || directive instanceof Uint8Array) return ''
  const { type } = directive as { readonly type?: Value }
  return typeof type === 'string' ? cutText(type, MAX_TYPE_LENGTH) : ''
}
