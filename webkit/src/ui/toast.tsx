import { Toast as Base } from '@base-ui/react/toast'
import { X } from 'lucide-react'
import type { ReactNode } from 'react'
import { useText } from '../text/language.tsx'
import { text } from './text.ts'

/** Short words about something that was done, at the edge; they go by themselves. Errors stay where they happened instead. */
export function ToastProvider({ children }: { readonly children: ReactNode }) {
  return (
    <Base.Provider timeout={5000}>
      {children}
      <Base.Portal>
        <Base.Viewport className="fixed bottom-4 left-1/2 z-60 flex -translate-x-1/2 w-[min(22rem,calc(100vw-2rem))] flex-col gap-2">
          <List />
        </Base.Viewport>
      </Base.Portal>
    </Base.Provider>
  )
}

/** `say('Key revoked')` */
export function useToast(): (words: string) => void {
  const { add } = Base.useToastManager()
  return (words) => void add({ title: words })
}

function List() {
  const t = useText(text)
  const { toasts } = Base.useToastManager()
  return toasts.map((toast) => (
    <Base.Root
      key={toast.id}
      toast={toast}
      className="flex items-center gap-3 rounded-card border border-line bg-page px-4 py-3 text-sm text-ink shadow-float"
    >
      <Base.Title className="flex-1" />
      <Base.Close aria-label={t.dismiss} className="rounded-control p-1 text-ink-3 hover:text-ink">
        <X size={14} aria-hidden />
      </Base.Close>
    </Base.Root>
  ))
}
