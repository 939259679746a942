import {
  Building2,
  ClipboardList,
  FlaskConical,
  Flag,
  KeyRound,
  LayoutDashboard,
  ListTree,
  ReceiptText,
  Settings,
  Tags,
  Trophy,
  Unplug,
  Users,
  type LucideIcon,
} from 'lucide-react'
import type { LinkProps } from '@tanstack/react-router'
import type { Who } from '../session/session.tsx'
import type { text } from './text.ts'

type Named = {
  [Name in keyof (typeof text)['en']]: (typeof text)['en'][Name] extends string ? Name : never
}[keyof (typeof text)['en']]

export type PageLink = {
  readonly to: Exclude<LinkProps['to'], undefined>
  readonly name: Named
  readonly icon: LucideIcon
  /** Left out: everybody sees it. What one may do there, the server decides. */
  readonly roles?: readonly Who['role'][]
  /** Only for members of the first organisation: it is about what all share. */
  readonly installation?: true
}

const OVERSEERS = ['owner', 'admin', 'auditor'] as const

/** The pages, as the sidebar and the palette list them. */
export const PAGE_GROUPS: readonly { readonly name: Named; readonly pages: readonly PageLink[] }[] = [
  {
    name: 'groupTraffic',
    pages: [
      { to: '/', name: 'overview', icon: LayoutDashboard },
      { to: '/requests', name: 'requests', icon: ListTree },
      { to: '/races', name: 'races', icon: Flag, installation: true },
      { to: '/leagues', name: 'leagues', icon: Trophy, installation: true },
    ],
  },
  {
    name: 'groupMoney',
    pages: [
      { to: '/prices', name: 'prices', icon: Tags },
      { to: '/what-if', name: 'whatIf', icon: FlaskConical, installation: true },
      { to: '/keys', name: 'keys', icon: KeyRound },
      { to: '/bills', name: 'bills', icon: ReceiptText, roles: ['owner', 'admin', 'billing', 'auditor'] },
    ],
  },
  {
    name: 'groupSetup',
    pages: [
      { to: '/providers', name: 'providers', icon: Building2, installation: true },
      { to: '/routes', name: 'routes', icon: Unplug, installation: true },
      { to: '/people', name: 'people', icon: Users, roles: OVERSEERS },
      { to: '/audit', name: 'audit', icon: ClipboardList, roles: OVERSEERS },
      { to: '/settings', name: 'settings', icon: Settings, roles: OVERSEERS, installation: true },
    ],
  },
]

export function isFor({ roles, installation }: PageLink, who: Who): boolean {
  return (roles === undefined || roles.includes(who.role)) && (installation !== true || who.installation)
}
