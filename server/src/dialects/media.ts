import type { MediaSource } from './neutral.ts'

/** Images, recordings and files between the two ways they are sent: data: URIs, and base64 with a type beside it. */

const PDF = 'application/pdf'
const TYPE_OF_ENDING: ReadonlyMap<string, string> = new Map(
  Object.entries<string>({
    pdf: PDF,
    txt: 'text/plain',
    md: 'text/markdown',
    csv: 'text/csv',
    html: 'text/html',
    json: 'application/json',
  }),
)

/** An address, or the data of a data: URI, which has been checked to be base64. */
export function sourceOf(url: string): MediaSource {
  const [, mediaType = '', base64 = ''] = /^data:([^;,]*)[^,]*,(.*)$/is.exec(url) ?? []
  return mediaType === '' ? { kind: 'url', url } : { kind: 'data', mediaType: mediaType.toLowerCase(), base64 }
}

/** The data of a file, which some clients send without the "data:" in front. Its name then tells its type. */
export function fileSourceOf(data: string, name: string | null): MediaSource {
  if (/^[a-z][a-z0-9+.-]*:/i.test(data)) return sourceOf(data)
  const ending = /\.(\w+)$/.exec(name ?? '')?.[1]?.toLowerCase() ?? ''
  return { kind: 'data', mediaType: TYPE_OF_ENDING.get(ending) ?? PDF, base64: data }
}

export function urlOf(source: MediaSource): string {
  return source.kind === 'url' ? source.url : `data:${source.mediaType};base64,${source.base64}`
}
