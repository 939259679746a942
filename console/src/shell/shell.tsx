import { useText } from '@paddock/webkit/text/language.tsx'
import { IconButton } from '@paddock/webkit/ui/button.tsx'
import { SideSheet } from '@paddock/webkit/ui/side-sheet.tsx'
import { Outlet } from '@tanstack/react-router'
import { Menu as MenuIcon, Search } from 'lucide-react'
import { useEffect, useState } from 'react'
import { SessionGate } from '../session/session.tsx'
import { Mark } from './mark.tsx'
import { Palette } from './palette.tsx'
import { PersonMenu } from './person-menu.tsx'
import { Preferences } from './preferences.tsx'
import { Sidebar } from './sidebar.tsx'
import { text } from './text.ts'

/** What stands around every page: the sidebar, and the bar above with search, language and person. */
export function Shell() {
  return (
    <SessionGate>
      <Frame />
    </SessionGate>
  )
}

function Frame() {
  const t = useText(text)
  const [finds, setFinds] = useState(false)
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.key.toLowerCase() !== 'k' || !(event.metaKey || event.ctrlKey)) return
      event.preventDefault()
      setFinds(true)
    }
    addEventListener('keydown', onKey)
    return () => removeEventListener('keydown', onKey)
  }, [])
  return (
    <div className="flex min-h-dvh">
      <a href="#content" className="sr-only focus:not-sr-only focus:absolute focus:z-60 focus:bg-page focus:p-2">
        {t.skip}
      </a>
      <aside className="sticky top-0 hidden h-dvh w-58 shrink-0 border-r border-line bg-side lg:block">
        <Sidebar />
      </aside>
      <div className="flex min-w-0 flex-1 flex-col">
        <header className="sticky top-0 z-20 flex h-13 items-center gap-2 border-b border-line bg-page px-3 lg:px-6">
          <SidebarSheet />
          <span className="lg:hidden">
            <Mark />
          </span>
          <span className="flex-1" />
          <button
            type="button"
            onClick={() => setFinds(true)}
            className="hidden h-8 items-center gap-2 rounded-control border border-line px-2.5 text-sm text-ink-3 hover:bg-raised sm:flex"
          >
            <Search size={14} aria-hidden />
            {t.find}
            <kbd className="rounded border border-line px-1 font-sans text-xs">⌘K</kbd>
          </button>
          <IconButton icon={Search} label={t.find} className="sm:hidden" onClick={() => setFinds(true)} />
          <Preferences />
          <PersonMenu />
        </header>
        <main id="content" tabIndex={-1} className="mx-auto w-full max-w-[90rem] flex-1 px-4 py-5 outline-none lg:px-6">
          <Outlet />
        </main>
      </div>
      <Palette open={finds} onClose={() => setFinds(false)} />
    </div>
  )
}

/** The sidebar where there is no room for it. */
function SidebarSheet() {
  const t = useText(text)
  const [isOpen, setOpen] = useState(false)
  return (
    <>
      <IconButton icon={MenuIcon} label={t.menu} className="lg:hidden" onClick={() => setOpen(true)} />
      <SideSheet open={isOpen} onOpenChange={setOpen} label={t.menu}>
        <Sidebar onGo={() => setOpen(false)} />
      </SideSheet>
    </>
  )
}
