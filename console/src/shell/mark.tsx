/** The mark and the name. */
export function Mark() {
  return (
    <span className="inline-flex items-center gap-2 text-lg font-semibold">
      <svg viewBox="0 0 32 32" className="size-6" aria-hidden>
        <rect width="32" height="32" rx="8" fill="#0f766e" />
        <path d="M7 22V11m9 11V11m9 11V11M5 14h22M5 19h22" stroke="#fff" strokeWidth="2.4" strokeLinecap="round" />
      </svg>
      Paddock
    </span>
  )
}
