import { useText } from '@paddock/webkit/text/language.tsx'
import { classNames } from '@paddock/webkit/ui/class-names.ts'
import { FileSpreadsheet, Upload } from 'lucide-react'
import { useId, useState, type DragEvent } from 'react'
import { BILL_BYTES_MAX, decodeBill, type BillFile } from './bill-file.ts'
import { reconcileText } from './reconcile-text.ts'

type FileDropProps = { readonly file: BillFile | null; readonly onFile: (file: BillFile | null) => void }

/** A place to drop a file at, which is a button to choose one as well. */
export function FileDrop({ file, onFile }: FileDropProps) {
  const t = useText(reconcileText)
  const id = useId()
  const [isOver, setOver] = useState(false)
  const [problem, setProblem] = useState<string | null>(null)
  const take = async (chosen: File | undefined): Promise<void> => {
    if (chosen === undefined) return
    setProblem(null)
    if (chosen.size > BILL_BYTES_MAX) {
      onFile(null)
      setProblem(t.tooLarge)
      return
    }
    try {
      onFile({ name: chosen.name, csv: decodeBill(await chosen.arrayBuffer()) })
    } catch {
      onFile(null)
      setProblem(t.unreadable)
    }
  }
  const drop = (event: DragEvent): void => {
    event.preventDefault()
    setOver(false)
    void take(event.dataTransfer.files[0])
  }
  const Icon = file === null ? Upload : FileSpreadsheet
  return (
    <div className="flex flex-col gap-1">
      <span className="text-sm font-medium">{t.file}</span>
      <label
        htmlFor={id}
        onDragOver={(event) => {
          event.preventDefault()
          setOver(true)
        }}
        onDragLeave={() => setOver(false)}
        onDrop={drop}
        className={classNames(
          'flex min-h-20 cursor-pointer flex-wrap items-center justify-center gap-x-3 gap-y-1 rounded-card border border-dashed px-4 py-4 text-sm focus-within:outline-2 focus-within:outline-offset-2 focus-within:outline-accent',
          isOver ? 'border-accent bg-accent-soft' : 'border-edge hover:bg-raised',
        )}
      >
        <Icon size={16} aria-hidden className="text-ink-3" />
        {file === null ? (
          <span>{t.drop}</span>
        ) : (
          <>
            <span className="min-w-0 truncate font-medium">{file.name}</span>
            <span className="text-xs text-link">{t.otherFile}</span>
          </>
        )}
        <input
          id={id}
          type="file"
          accept=".csv,text/csv"
          className="sr-only"
          aria-invalid={problem === null ? undefined : true}
          onChange={(event) => {
            void take(event.target.files?.[0])
            // The same file again, after it was mended, is a change too.
            event.target.value = ''
          }}
        />
      </label>
      {problem !== null && <p className="text-xs text-bad">{problem}</p>}
    </div>
  )
}
