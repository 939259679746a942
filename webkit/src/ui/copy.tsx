import { Check, Copy } from 'lucide-react'
import { useState } from 'react'
import { useText } from '../text/language.tsx'
import { IconButton } from './button.tsx'
import { text } from './text.ts'

type CopyButtonProps = { readonly value: string; readonly onCopied?: () => void }

/** Puts `value` into the clipboard, and says so. */
export function CopyButton({ value, onCopied }: CopyButtonProps) {
  const t = useText(text)
  const [isCopied, setCopied] = useState(false)
  return (
    <IconButton
      icon={isCopied ? Check : Copy}
      label={isCopied ? t.copied : t.copy}
      onBlur={() => setCopied(false)}
      onClick={() =>
        void navigator.clipboard.writeText(value).then(() => {
          setCopied(true)
          onCopied?.()
        })
      }
    />
  )
}

/** An id in one line, cut off where there is no room; `shown` where that is not what is copied. */
export function CopyLine({ value, shown = value }: { readonly value: string; readonly shown?: string }) {
  return (
    <span className="flex items-center gap-1">
      <code className="min-w-0 truncate text-xs">{shown}</code>
      <CopyButton value={value} />
    </span>
  )
}

type CopyBlockProps = { readonly value: string; readonly label?: string; readonly onCopied?: () => void }

/** Something to be copied whole: a command, a key, a link. */
export function CopyBlock({ value, label, onCopied }: CopyBlockProps) {
  return (
    <div className="flex items-start gap-1 rounded-card border border-line bg-side py-1 pr-1 pl-3">
      <pre
        aria-label={label}
        tabIndex={0}
        className="min-w-0 flex-1 overflow-x-auto py-1.5 font-mono text-xs leading-relaxed whitespace-pre"
      >
        {value}
      </pre>
      <CopyButton value={value} onCopied={onCopied} />
    </div>
  )
}
