import { useText } from '@paddock/webkit/text/language.tsx'
import { Link } from '@tanstack/react-router'
import { useWho } from '../session/session.tsx'
import { Mark } from './mark.tsx'
import { isFor, PAGE_GROUPS, type PageLink } from './pages.ts'
import { text } from './text.ts'

/** All pages that the one who looks may see. */
export function Sidebar({ onGo }: { readonly onGo?: () => void }) {
  const t = useText(text)
  const who = useWho()
  return (
    <nav aria-label={t.menu} className="flex h-full flex-col gap-4 overflow-y-auto px-3 py-4" onClick={onGo}>
      <div className="px-2">
        <Mark />
        <p className="mt-1 truncate text-xs text-ink-3">{who.organisation.name}</p>
      </div>
      {PAGE_GROUPS.map(({ name, pages }) => {
        const shown = pages.filter((page) => isFor(page, who))
        return (
          <section key={name} aria-label={t[name]}>
            <p className="px-2 pb-1 text-xs text-ink-3">{t[name]}</p>
            <ul>
              {shown.map((page) => (
                <SidebarLink key={page.to} page={page} />
              ))}
            </ul>
          </section>
        )
      })}
    </nav>
  )
}

function SidebarLink({ page: { to, name, icon: Icon } }: { readonly page: PageLink }) {
  const t = useText(text)
  return (
    <li>
      <Link
        to={to}
        activeOptions={{ exact: to === '/', includeSearch: false }}
        className="flex h-9 items-center gap-2.5 rounded-control px-2 text-sm text-ink-2 hover:bg-raised hover:text-ink pointer-coarse:h-11"
        activeProps={{ className: 'bg-raised font-medium text-ink' }}
      >
        <Icon size={16} aria-hidden />
        {t[name]}
      </Link>
    </li>
  )
}
