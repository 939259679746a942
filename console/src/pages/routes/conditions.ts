/** What a candidate wants a request to be like, in words. Pure: tested without a browser. */

export type ConditionWords = {
  readonly streams: string
  readonly noStreams: string
  readonly images: string
  readonly noImages: string
  readonly tools: string
  readonly noTools: string
  readonly tokens: (bounds: string) => string
  readonly tags: (tags: string) => string
  readonly key: (names: string) => string
  readonly team: (names: string) => string
}

type Namer = (of: 'key' | 'team', id: string) => string
type When = Readonly<Record<string, unknown>>

const SIGNS = { gt: '>', gte: '≥', lt: '<', lte: '≤' } as const

/** One phrase for each condition; one that is not known here is written as it stands in the file. */
export function conditionWords(when: When | null, t: ConditionWords, nameOf: Namer): string[] {
  return Object.entries(when ?? {}).map(([name, value]) => {
    if (name === 'stream') return value === true ? t.streams : t.noStreams
    if (name === 'has_images') return value === true ? t.images : t.noImages
    if (name === 'has_tools') return value === true ? t.tools : t.noTools
    if (name === 'prompt_tokens') return t.tokens(bounds(value))
    if (name === 'tags') return t.tags(many(value).join(', '))
    if (name === 'key' || name === 'team') return t[name](many(value, (id) => nameOf(name, id)).join(', '))
    return `${name}: ${JSON.stringify(value)}`
  })
}

function bounds(value: unknown): string {
  const set = value as Readonly<Record<string, number | undefined>>
  return Object.entries(SIGNS)
    .filter(([name]) => set[name] !== undefined)
    .map(([name, sign]) => `${sign} ${set[name]}`)
    .join(', ')
}

function many(value: unknown, nameOf: (each: string) => string = (each) => each): string[] {
  return [value].flat().map((each) => nameOf(String(each)))
}
