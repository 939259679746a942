/** A text as HTML shows it: models may answer anything, and nothing of it becomes part of the page. */
export function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`)
}
