import type { Answer } from '@paddock/webkit/api/operation.ts'

/** What the timeline is painted from. Pure: tested without a browser. */

export type Timeline = Answer<'overview.timeline'>
export type StoryEvent = Timeline['events'][number]
export type Lines = { readonly bill: readonly (number | null)[]; readonly without: readonly (number | null)[] }
export type Mark = { readonly at: number; readonly label: string }

type MarkWords = {
  readonly drop: (model: string) => string
  readonly drops: (count: number) => string
  readonly proposed: (routes: string) => string
  readonly promoted: (route: string, model: string) => string
  readonly rolledBack: (route: string) => string
}

const DAY = 86_400_000

/** Prices that fell are only a story where something came of them. */
export function hasStory({ events, savings, starts }: Timeline): boolean {
  return starts.length > 2 && (savings.length > 0 || events.some(({ kind }) => kind !== 'price_drop'))
}

/**
 * Both lines in one currency: by the operator's rates where there are any, else what was owed in that currency alone. Amounts
 * become numbers here, to be painted; they are never added up.
 */
export function linesIn({ reported, bill, counterfactual }: Timeline, currency: string): Lines {
  const isReported = reported?.currency === currency && reported.bill.some((amount) => amount !== null)
  const numbers = (amounts: readonly (string | null)[] | undefined): (number | null)[] =>
    (amounts ?? []).map((amount) => (amount === null ? null : Number(amount)))
  if (isReported) return { bill: numbers(reported.bill), without: numbers(reported.counterfactual) }
  const own = (lines: Timeline['bill']): string[] | undefined =>
    lines.find((line) => line.currency === currency)?.amounts
  return { bill: numbers(own(bill)), without: numbers(own(counterfactual)) }
}

/** What moved the bill, in few words, and what happened on one day together. Everything else is in the list. */
export function marksOf(events: readonly StoryEvent[], words: MarkWords): Mark[] {
  const days = new Map<number, StoryEvent[]>()
  for (const event of events) {
    const day = Math.floor(Date.parse(event.at) / DAY)
    days.set(day, [...(days.get(day) ?? []), event])
  }
  return [...days.values()].flatMap((day) => {
    const label = [...dayWords(day, words)].join(' · ')
    const [first] = day.filter(({ kind }) => MARKED.has(kind))
    return first === undefined || label === '' ? [] : [{ at: Date.parse(first.at), label }]
  })
}

const MARKED: ReadonlySet<StoryEvent['kind']> = new Set(['price_drop', 'proposal', 'promote', 'rollback'])

function* dayWords(day: readonly StoryEvent[], words: MarkWords): Generator<string> {
  const of = (kind: StoryEvent['kind']): StoryEvent[] => day.filter((event) => event.kind === kind)
  const drops = of('price_drop')
  if (drops.length === 1) yield words.drop(shortName(drops[0]?.model ?? ''))
  if (drops.length > 1) yield words.drops(drops.length)
  const proposed = [...new Set(of('proposal').map(({ route }) => route ?? ''))]
  if (proposed.length > 0) yield words.proposed(proposed.join(', '))
  for (const { route, model } of of('promote')) yield words.promoted(route ?? '', shortName(model ?? ''))
  for (const { route } of of('rollback')) yield words.rolledBack(route ?? '')
}

/** "dashscope/qwen-long" as "qwen-long". */
export function shortName(model: string): string {
  return model.slice(model.lastIndexOf('/') + 1)
}

/** What an event says, without the instant that stands beside it. */
export function wordsOf({ text }: StoryEvent): string {
  return text.replace(/ from \d{4}-\d\d-\d\dT\S+$/, '')
}
