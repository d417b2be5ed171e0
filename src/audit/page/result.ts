import type { AuditError } from '../errors.ts'
import type { AuditReport } from '../verify-audit.ts'
import { element, part, row } from './elements.ts'
import type { Messages } from './messages.ts'

/** What the file is worth: proven first, then what stays a claim. Good is only what holds against something from outside of the file. */
export function result(t: Messages, name: string, report: AuditReport): HTMLElement {
  const { records, proven, root, set_changes, unbroken, first, last } = report
  const whole = proven === records && root !== 'none'
  const verdict = report.trusted ? `✔ ${t.good}` : `◐ ${whole ? t.compare : t.unrooted}`
  const filter = Object.entries(report.filter).flatMap(([key, wanted]) => (wanted === null ? [] : [`${key} ${wanted}`]))
  const provenPoints = [
    t.inBlocks(proven, records),
    ...(root === 'genesis' ? [t.fromGenesis] : []),
    ...(root === 'checkpoint' ? [t.fromCheckpoint] : []),
    ...(root !== 'none' && set_changes > 0 ? [t.setChanges(set_changes)] : []),
    ...(unbroken ? [t.unbroken(first!, last!)] : []),
  ]
  const claims = [
    ...(whole ? [] : [t.validators(records - proven)]),
    ...(report.anchored ? [] : [t.sameWorld]),
    ...(unbroken ? [] : [t.complete]),
    t.outside,
  ]
  return element('section', { class: 'result', 'data-verdict': report.trusted ? 'good' : 'unrooted' },
    element('h2', {}, verdict),
    element('dl', {},
      ...row(t.file, name), ...row(t.world, element('code', {}, report.world_id)),
      ...row(t.events, `${records}${first === null ? '' : ` (${first} – ${last})`}, ${t.blocks(report.from, report.to, report.blocks)}`),
      ...row(t.filter, filter.length === 0 ? t.everything : filter.join(', ')), ...row(t.newest, element('code', {}, report.newest)),
    ),
    ...part(t.proven, provenPoints, '✔'),
    ...part(t.claimed, claims, '?'),
    ...(report.next_cursor === null ? [] : [element('p', {}, t.more)]),
  )
}

/** The first bad line and why; the precise message stays in English, as everywhere. */
export function failure(t: Messages, name: string, { code, message, detail }: AuditError): HTMLElement {
  const line = detail['line']
  const known: string | undefined = Object.hasOwn(t.errors, code) ? t.errors[code as keyof typeof t.errors] : undefined
  return element('section', { class: 'result', 'data-verdict': 'bad' },
    element('h2', {}, `✖ ${typeof line === 'number' ? t.bad(line) : code}`),
    ...(known === undefined ? [] : [element('p', {}, known)]),
    ...(typeof line === 'number' ? [element('p', {}, t.badHint)] : []),
    element('dl', {}, ...row(t.file, name), ...row(code, message)),
  )
}
