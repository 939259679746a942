import { ErrorNote } from '@paddock/webkit/ui/note.tsx'

/** What the server says about a form that is longer than its dialog: it comes into sight by itself. */
export function FormError({ error }: { readonly error: Error | null }) {
  return (
    error !== null && (
      <div ref={intoSight}>
        <ErrorNote error={error} />
      </div>
    )
  )
}

/** The same function each time, so that it is called when the words appear, and not with every letter typed. */
function intoSight(place: HTMLElement | null): void {
  place?.scrollIntoView({ block: 'nearest' })
}
