/** Small choices kept in this browser: language, theme, columns. Where storage is refused, they last as long as the page. */

const PREFIX = 'paddock.'
const unkept = new Map<string, string>()

export function readKept(name: string): string | null {
  try {
    return localStorage.getItem(PREFIX + name)
  } catch {
    return unkept.get(name) ?? null
  }
}

export function writeKept(name: string, value: string): void {
  try {
    localStorage.setItem(PREFIX + name, value)
  } catch {
    unkept.set(name, value)
  }
}
