import { useState } from 'react'
import { ArrowLeftRight, Ban, Boxes, CircleDot, Eye, Factory, Handshake, Landmark, PersonStanding, Rocket, Scale, ShoppingCart, Sun } from 'lucide-react'
import { useText } from '../../i18n/index.ts'
import type { FeedItem } from '../../stores/feed.ts'
import { formatView, agentView } from '../../app/url.ts'
import { useAgentName, useNames } from '../../ui/names.ts'
import { PeerText } from '../../ui/parts.tsx'
import { agentsIn, familyOf, nameFrom, sentenceOf } from './describe.ts'
import type { EventFamily } from './describe.ts'
import { WhyChain } from './WhyChain.tsx'
import s from './events.module.css'

export const FAMILY_ICONS: Readonly<Record<EventFamily, typeof Ban>> = {
  agent: Rocket, harvest: Sun, resource: ArrowLeftRight, industry: Factory, market: ShoppingCart, society: Handshake, body: PersonStanding, observation: Eye, action: Ban, module: Boxes, validator: Landmark, governance: Scale, other: CircleDot,
}

/** One event: what happened, to whom, and on demand why. */
export function EventRow({ item, link = true }: { item: FeedItem; link?: boolean }) {
  const { t, f } = useText()
  const [open, setOpen] = useState(false)
  const names = useNames()
  const agents = agentsIn(item.event)
  useAgentName(agents[0] ?? '')
  useAgentName(agents[1] ?? '')
  const family = familyOf(item.event.kind)
  const Icon = FAMILY_ICONS[family]
  const sentence = sentenceOf(item.event, nameFrom(names), t, f)
  return (
    <div className={s.row}>
      <Icon size={16} className={s[family]} aria-hidden />
      <div className={s.text}>
        {link && agents[0] !== undefined ? <a className={s.sentence} href={formatView(agentView(agents[0]))}><bdi>{sentence}</bdi></a> : <bdi className={s.sentence}>{sentence}</bdi>}
        {item.receipt?.status === 'rejected' && <RejectionReason item={item} />}
      </div>
      <button type="button" className={s.why} aria-expanded={open} onClick={() => setOpen(!open)}>{open ? t.agent.hideWhy : t.agent.why}</button>
      {open && <div className={s.chain}><WhyChain event={item.event} /></div>}
    </div>
  )
}

function RejectionReason({ item }: { item: FeedItem }) {
  const { t } = useText()
  const code = item.receipt?.code ?? ''
  const known = t.codes.rejections[code]
  const hint = known?.next ?? item.receipt?.hint
  return (
    <span className={s.reason}>
      {known?.what ?? t.problem.unknown(code)} {hint !== undefined && hint !== null && <PeerText value={hint} limit={200} />} <code>{code}</code>
    </span>
  )
}
