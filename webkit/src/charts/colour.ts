/** Colour belongs to the thing, on every chart: a model has the same one on all pages. */

export const CHART_COLOURS = 8

/** 1 to 8, by its name (FNV-1a); for everything together 8, the grey. */
export function colourNumber(name: string | null): number {
  if (name === null) return CHART_COLOURS
  let hash = 0x811c9dc5
  for (const byte of new TextEncoder().encode(name)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0
  return 1 + (hash % (CHART_COLOURS - 1))
}

type Coloured = { readonly name: string | null; readonly colour?: number }

/** Different ones for the things of one chart: by name, and the next free one where two would share it. */
export function colourNumbers(things: readonly Coloured[]): number[] {
  const taken = new Set<number>()
  return things.map(({ name, colour }) => {
    const wished = colour ?? colourNumber(name)
    if (name === null || colour !== undefined) return wished
    const free = Array.from({ length: CHART_COLOURS - 1 }, (_, step) => 1 + ((wished - 1 + step) % (CHART_COLOURS - 1)))
    const found = free.find((number) => !taken.has(number)) ?? wished
    taken.add(found)
    return found
  })
}

/** The colour of a token as canvas takes it: tokens are pairs, of which the theme chooses. */
export function paintOf(element: HTMLElement, token: string): string {
  const probe = document.createElement('span')
  probe.style.color = `var(--color-${token})`
  element.append(probe)
  const { color } = getComputedStyle(probe)
  probe.remove()
  return color
}
