import { readKept, writeKept } from './kept.ts'

export const THEMES = ['system', 'light', 'dark'] as const
export type Theme = (typeof THEMES)[number]

export function chosenTheme(): Theme {
  const kept = readKept('theme')
  return THEMES.find((theme) => theme === kept) ?? 'system'
}

/** Colours follow the attribute; without one they follow the system. See style/tokens.css. */
export function applyTheme(theme: Theme): void {
  if (theme === 'system') delete document.documentElement.dataset['theme']
  else document.documentElement.dataset['theme'] = theme
}

export function chooseTheme(theme: Theme): void {
  writeKept('theme', theme)
  applyTheme(theme)
  dispatchEvent(new Event(THEME_CHANGED))
}

/** For what paints by itself and must read the colours anew. */
export const THEME_CHANGED = 'paddock-theme'
