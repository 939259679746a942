import { appendFileSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { NO_USAGE } from '@paddock/contract/usage'
import type { Decimal } from '@paddock/contract/decimal'
import { tempFolder } from '../../../../tests/stand-ins/temp-folder.ts'
import type { Answered, Ask } from './ask.ts'
import { raceId, type RaceConfig } from './config.ts'
import { readDataset, shuffled, type Item } from './item.ts'
import { readLabels, sheetsFor } from './people.ts'
import { hullOf } from './plots.ts'
import { runRace, type Finished, type RaceRun } from './race.ts'
import { reportHtml } from './report-html.ts'
import { buildReport } from './report.ts'
import { convert, sumByCurrency } from './spend.ts'
import { openTrialLog } from './trial-log.ts'

const ITEMS = 400

const dataset = readDataset(
  'made-up',
  Array.from({ length: ITEMS }, (_, n) =>
    JSON.stringify({ id: `i${n}`, prompt: `What is ${n}?`, answer: String(n) }),
  ).join('\n'),
)

const CONFIG: RaceConfig = {
  dataset: { name: 'made-up', sha256: dataset.sha256, items: ITEMS },
  champion: { model: 'lab/large', copy: 0 },
  challengers: [{ model: 'lab/small', copy: 0 }],
  grader: 'numeric',
  margin: 0.05,
  alpha: 0.05,
  saving: 0.1,
  currency: 'CNY',
  rates: [],
  seed: '1',
}

const answered = (text: string, over: Partial<Answered> = {}): Answered => ({
  state: 'ok',
  reply: { text, calls: [] },
  entry: 'an entry',
  cost: { amount: '0.001' as Decimal, currency: 'CNY' },
  usage: NO_USAGE,
  durationMs: 5,
  answeredModel: null,
  ...over,
})

/** Models that are right on all items but every n-th; the small one costs half. */
function fakeModels(wrongEvery: Readonly<Record<string, number>>): { ask: Ask; asked: string[] } {
  const asked: string[] = []
  const ask: Ask = (model, { messages }) => {
    const [{ content }] = messages as [{ content: string }]
    asked.push(`${model} ${content}`)
    const n = Number(/\d+/.exec(content)?.[0])
    const every = wrongEvery[model] ?? Infinity
    const amount = (model === 'lab/small' ? '0.0005' : '0.001') as Decimal
    return Promise.resolve(
      answered(n % every === every - 1 ? 'no idea' : `It is ${n}`, { cost: { amount, currency: 'CNY' } }),
    )
  }
  return { ask, asked }
}

type Setup = Partial<RaceRun> & { readonly path: string; readonly ask: Ask }

async function race({ path, config = CONFIG, ...over }: Setup): Promise<Finished & { html: string }> {
  const log = await openTrialLog(path)
  const items = shuffled(dataset.items, config.seed)
  const common = { budget: null, concurrency: 4, signal: new AbortController().signal, onProgress: () => undefined }
  const finished = await runRace({ ...common, config, items, log, ...over })
  await log.close()
  return { ...finished, html: reportHtml(buildReport({ config, items, log }, finished)) }
}

describe('a dataset race', () => {
  it('[H20] promotes one that is as good and costs half, and stops as soon as that is certain', async () => {
    using folder = tempFolder()
    const { ask, asked } = fakeModels({ 'lab/large': 10, 'lab/small': 10 })
    const { ending, items } = await race({ path: join(folder.path, 'trials.jsonl'), ask })
    expect(ending).toEqual({ kind: 'promote', challenger: 'lab/small' })
    expect(items).toBeLessThan(ITEMS)
    expect(asked.length).toBeLessThanOrEqual(2 * (items + 4))
  })

  it('[H20] rejects one that is much worse, and is undecided about one that does not save enough', async () => {
    using folder = tempFolder()
    const worse = fakeModels({ 'lab/small': 3 })
    const rejected = await race({ path: join(folder.path, 'worse.jsonl'), ask: worse.ask })
    expect(rejected.ending).toEqual({ kind: 'reject' })
    const config = { ...CONFIG, saving: 0.6 }
    const dear = await race({ path: join(folder.path, 'dear.jsonl'), ask: fakeModels({}).ask, config })
    expect(dear.ending).toEqual({ kind: 'inconclusive' })
  })

  it('[H20] does not reject a model against itself', async () => {
    using folder = tempFolder()
    const config = { ...CONFIG, saving: null, challengers: [{ model: 'lab/large', copy: 1 }] }
    const { ask, asked } = fakeModels({ 'lab/large': 5 })
    const { ending, items } = await race({ path: join(folder.path, 'trials.jsonl'), ask, config })
    expect(ending).toEqual({ kind: 'promote', challenger: 'lab/large (again)' })
    expect(asked.length).toBeGreaterThanOrEqual(2 * items)
  })

  it('[H20] counts what cannot be answered as wrong, and as an error of that model', async () => {
    using folder = tempFolder()
    const ask: Ask = (model, { messages }) => {
      const [{ content }] = messages as [{ content: string }]
      const text = /\d+/.exec(content)?.[0] ?? ''
      return Promise.resolve(
        model === 'lab/small' ? answered('', { state: 'upstream_error', entry: null }) : answered(text),
      )
    }
    const { ending, scoreboard } = await race({ path: join(folder.path, 'trials.jsonl'), ask })
    expect(ending).toEqual({ kind: 'reject' })
    expect(scoreboard.places()[0]?.standing.guardrails['errors']?.state).toBe('failed')
  })

  it('[H21] counts items in their order, however quickly each is answered', async () => {
    using folder = tempFolder()
    const { ask } = fakeModels({ 'lab/large': 10, 'lab/small': 8 })
    const order: number[] = []
    const slowFirst: Ask = async (model, request) => {
      const mine = order.push(order.length)
      // Later calls overtake earlier ones by some turns of the event loop.
      for (let turn = 0; turn < (mine * 7) % 13; turn += 1) await new Promise(setImmediate)
      return ask(model, request)
    }
    const one = await race({ path: join(folder.path, 'one.jsonl'), ask, concurrency: 1 })
    const many = await race({ path: join(folder.path, 'many.jsonl'), ask: slowFirst, concurrency: 32 })
    expect([many.ending, many.items]).toEqual([one.ending, one.items])
    expect(many.scoreboard.places()[0]?.looks).toEqual(one.scoreboard.places()[0]?.looks)
  })

  it('[H22] stops before the budget is passed, and goes on with a larger one without asking anything again', async () => {
    using folder = tempFolder()
    const path = join(folder.path, 'trials.jsonl')
    const { ask, asked } = fakeModels({ 'lab/large': 10, 'lab/small': 10 })
    const poor = await race({ path, ask, budget: 50_000_000_000n })
    expect(poor.ending).toEqual({ kind: 'abort', reason: 'budget' })
    const log = await openTrialLog(path)
    const spent = sumByCurrency([...log.trials.values()].map(({ cost }) => cost))
    await log.close()
    expect(Number(spent[0]?.amount)).toBeGreaterThan(0.045)
    expect(Number(spent[0]?.amount)).toBeLessThanOrEqual(0.05)
    const rich = await race({ path, ask })
    expect(rich.ending.kind).toBe('promote')
    expect(new Set(asked).size).toBe(asked.length)
  })

  it('[H22] takes no unknown cost for zero', async () => {
    using folder = tempFolder()
    const ask =
      (cost: Answered['cost']): Ask =>
      () =>
        Promise.resolve(answered('1', { cost }))
    const path = join(folder.path, 'trials.jsonl')
    const unpriced = race({ path, ask: ask({ amount: null, currency: null }) })
    await expect(unpriced).rejects.toThrow(/no price is known/)
    const foreign = race({
      path: join(folder.path, 'usd.jsonl'),
      ask: ask({ amount: '1' as Decimal, currency: 'USD' }),
    })
    await expect(foreign).rejects.toThrow(/--rate USD=/)
    const config = { ...CONFIG, saving: null }
    const { ending } = await race({ path, ask: ask({ amount: null, currency: null }), config })
    expect(ending.kind).toBe('promote')
  })

  it('[H23] gives the same verdict from the log alone', async () => {
    using folder = tempFolder()
    const path = join(folder.path, 'trials.jsonl')
    const { ask } = fakeModels({ 'lab/large': 10, 'lab/small': 8 })
    const first = await race({ path, ask })
    const again = await race({ path, ask: () => Promise.reject(new Error('nothing may be asked')) })
    expect([again.ending, again.items, again.html]).toEqual([first.ending, first.items, first.html])
  })

  it('[H23] makes no call again whose answer was lost in a crash, and sets its item aside', async () => {
    using folder = tempFolder()
    const path = join(folder.path, 'trials.jsonl')
    const lost = shuffled(dataset.items, '1')[3]?.id ?? ''
    const begun = JSON.stringify({ kind: 'begun', place: { item: lost, model: 'lab/large', copy: 0 } })
    // The last line was cut short by the crash.
    appendFileSync(path, `${begun}\n{"kind":"tri`)
    const { ask, asked } = fakeModels({ 'lab/large': 10, 'lab/small': 10 })
    const { ending, items, scoreboard } = await race({ path, ask })
    expect(ending.kind).toBe('promote')
    expect(asked.filter((call) => call.endsWith(` ${lost.slice(1)}?`))).toEqual([])
    expect(scoreboard.places()[0]?.standing.quality.n).toBe(items - 1)
    expect(
      readFileSync(path, 'utf8')
        .split('\n')
        .slice(0, -1)
        .map((line) => JSON.parse(line) as unknown),
    ).toHaveLength(1 + 2 * asked.length)
  })

  it('[H23] refuses a log with a damaged line', async () => {
    using folder = tempFolder()
    const path = join(folder.path, 'trials.jsonl')
    appendFileSync(path, '{"kind":"begun"\n')
    await expect(openTrialLog(path)).rejects.toThrow(/trials\.jsonl:1 is damaged/)
  })

  it('[H22] makes no further call once one has failed for good', async () => {
    using folder = tempFolder()
    let calls = 0
    const ask: Ask = () => {
      calls += 1
      return Promise.reject(new Error('the key was refused'))
    }
    await expect(race({ path: join(folder.path, 'trials.jsonl'), ask })).rejects.toThrow('the key was refused')
    expect(calls).toBe(1)
  })

  it('[H24] is another race with another margin, grader or dataset, and the same under another file name or rate', () => {
    const id = raceId(CONFIG)
    expect(raceId({ ...CONFIG, margin: 0.04 })).not.toBe(id)
    expect(raceId({ ...CONFIG, grader: 'exact' })).not.toBe(id)
    expect(raceId({ ...CONFIG, dataset: { ...CONFIG.dataset, sha256: 'other' } })).not.toBe(id)
    expect(raceId({ ...CONFIG, dataset: { ...CONFIG.dataset, name: 'moved' } })).toBe(id)
    expect(raceId({ ...CONFIG, currency: 'USD', rates: [['CNY', '0.14' as Decimal]] })).toBe(id)
  })
})

/** The small model's answers are better by what `likes` says of the number in the question; the judge reads them in both orders. */
function judgedModels(likes: (n: number) => 'first' | 'second' | 'tie'): { ask: Ask; asked: string[] } {
  const asked: string[] = []
  const ask: Ask = (model, request) => {
    const [{ content }] = request['messages'] as [{ content: string }]
    asked.push(`${model} ${content}`)
    const cost = { amount: (model === 'lab/small' ? '0.0005' : '0.001') as Decimal, currency: 'CNY' }
    if (model !== 'lab/judge') return Promise.resolve(answered(`${model} says it is ${content}`, { cost }))
    const first = content.split('<first answer>')[1] ?? ''
    const n = Number(/What is (\d+)/.exec(content)?.[1])
    const isSmall = (text: string): boolean => text.startsWith('\nlab/small')
    const isConstant = (text: string): boolean => text.startsWith('\nThis is a complete')
    const second = content.split('<second answer>')[1] ?? ''
    const verdict = isConstant(first)
      ? 'second'
      : isConstant(second)
        ? 'first'
        : isSmall(first) === isSmall(second)
          ? 'tie'
          : likes(n)
    const swapped = { first: 'second', second: 'first', tie: 'tie' }
    return Promise.resolve(answered(isSmall(second) ? (swapped[verdict as 'tie'] ?? verdict) : verdict, { cost }))
  }
  return { ask, asked }
}

const JUDGED: RaceConfig = { ...CONFIG, grader: 'judge:lab/judge' }

describe('a race before a judge', () => {
  it('[H16] promotes one that is liked as much, pays the judge, and asks it nothing twice', async () => {
    using folder = tempFolder()
    const path = join(folder.path, 'trials.jsonl')
    const { ask, asked } = judgedModels((n) => (n % 3 === 0 ? 'first' : n % 3 === 1 ? 'second' : 'tie'))
    const poor = await race({ path, ask, config: JUDGED, budget: 100_000_000_000n })
    expect(poor.ending).toEqual({ kind: 'abort', reason: 'budget' })
    // With a margin this wide the race is over before its items are.
    const { ending, items, judging, html } = await race({ path, ask, config: { ...JUDGED, margin: 0.2 } })
    expect(ending).toEqual({ kind: 'promote', challenger: 'lab/small' })
    expect(judging?.faults()).toEqual([])
    expect(judging?.statistics()).toMatchObject({ pairs: items, missing: 0, agreement: 1 })
    expect(asked.filter((call) => call.startsWith('lab/judge')).length).toBeGreaterThanOrEqual(2 * items)
    expect(new Set(asked).size).toBeGreaterThan(asked.length - 2 * (1 + items / 25) * 2)
    expect(html).toContain('read ' + String(items) + ' pairs in both orders')
    const again = await race({
      path,
      ask: () => Promise.reject(new Error('nothing may be asked')),
      config: { ...JUDGED, margin: 0.2 },
    })
    expect([again.ending, again.items]).toEqual([ending, items])
  })

  it('[H16] rejects one that is liked less, and promotes nobody by a judge that follows the order', async () => {
    using folder = tempFolder()
    const worse = judgedModels((n) => (n % 3 === 0 ? 'tie' : 'second'))
    const rejected = await race({ path: join(folder.path, 'worse.jsonl'), ask: worse.ask, config: JUDGED })
    expect(rejected.ending).toEqual({ kind: 'reject' })
    const models = fakeModels({})
    const sick: Ask = (model, request) =>
      model === 'lab/judge'
        ? Promise.resolve(answered('first'))
        : models.ask(model, {
            ...request,
            messages: [{ role: 'user', content: `${model} ${JSON.stringify(request)}` }],
          })
    const different: Ask = async (model, request) => {
      const said = await sick(model, request)
      return model === 'lab/judge' ? said : { ...said, reply: { text: `${model} ${said.reply.text}`, calls: [] } }
    }
    const config = { ...JUDGED, margin: 0.2 }
    const undecided = await race({ path: join(folder.path, 'sick.jsonl'), ask: different, config })
    expect(undecided.ending).toEqual({ kind: 'inconclusive' })
    expect(undecided.html).toContain('prefers an answer for its place')
  })

  it('[H39] writes down pairs for people without names, and reads back whom they preferred', async () => {
    using folder = tempFolder()
    const path = join(folder.path, 'trials.jsonl')
    const config = { ...JUDGED, margin: 0.2 }
    const { ask } = judgedModels(() => 'tie')
    const { judging } = await race({ path, ask, config })
    const log = await openTrialLog(path)
    const sheets = sheetsFor(judging?.pairs ?? [], { config, items: dataset.items, log }, 0.8)
    await log.close()
    const firsts = sheets.filter(({ first }) => first.startsWith('lab/small')).length
    expect([firsts > 0, firsts < sheets.length]).toEqual([true, true])
    // Somebody who always prefers the small one, wherever it stands.
    const filled = sheets.map((sheet) => ({
      ...sheet,
      preferred: sheet.first.startsWith('lab/small') ? 'first' : 'second',
    }))
    const labels = readLabels('sheet', filled.map((sheet) => JSON.stringify(sheet)).join('\n'), config.seed)
    expect([...labels.values()]).toEqual(sheets.map(() => 1))
    const disagreed = await race({ path, ask, config, labels })
    expect(sheets.length).toBeGreaterThan(100)
    expect(disagreed.judging?.faults()).toEqual(['disagrees with people'])
  })

  it('[H16] ends at once where the judge says nothing that can be read', async () => {
    using folder = tempFolder()
    const { ask, asked } = judgedModels(() => 'tie')
    const silent: Ask = async (model, request) =>
      model === 'lab/judge' ? { ...(await ask(model, request)), ...answered('Both are fine.') } : ask(model, request)
    const outcome = race({ path: join(folder.path, 'trials.jsonl'), ask: silent, config: JUDGED })
    await expect(outcome).rejects.toThrow(/no verdict on the first 20 pairs/)
    expect(asked.length).toBeLessThan(40 * 6)
  })

  it('[H16] stops where the judge turns out to be one of the raced', async () => {
    using folder = tempFolder()
    const { ask } = judgedModels(() => 'tie')
    const oneModel: Ask = async (model, request) => ({
      ...(await ask(model, request)),
      answeredModel: model === 'lab/large' ? 'large-2024' : 'small-2024',
    })
    const outcome = race({ path: join(folder.path, 'trials.jsonl'), ask: oneModel, config: JUDGED })
    await expect(outcome).rejects.toThrow(/judge lab\/judge turned out to be the model that answers as lab\/small/)
  })
})

describe('the report', () => {
  it('[H25] shows what models answered as text, never as part of the page', async () => {
    using folder = tempFolder()
    const ask: Ask = (model) =>
      Promise.resolve(answered(model === 'lab/small' ? '<script>alert()</script>' : 'It is 1'))
    const { html } = await race({ path: join(folder.path, 'trials.jsonl'), ask })
    expect(html).toContain('&#60;script&#62;')
    expect(html).not.toContain('<script')
    expect(html).not.toMatch(/(?:src|href)=/)
  })

  it('[H25] draws the hull through those that nobody beats in cost and quality', () => {
    const point = (cost: number, score: number): { cost: number; bill: { score: number } } => ({
      cost,
      bill: { score },
    })
    expect(hullOf([point(3, 0.9), point(1, 0.7), point(2, 0.6), point(4, 0.9)])).toEqual([point(1, 0.7), point(3, 0.9)])
  })

  it('[H25] adds up money exactly, each currency by itself, and converts with one rounding', () => {
    const cost = (amount: string, currency: string): { amount: Decimal; currency: string } => ({
      amount: amount as Decimal,
      currency,
    })
    const sums = sumByCurrency([
      cost('0.1', 'CNY'),
      cost('0.2', 'CNY'),
      cost('1', 'USD'),
      { amount: null, currency: null },
    ])
    expect(sums).toEqual([cost('0.300000000000', 'CNY'), cost('1.000000000000', 'USD')])
    const rates = new Map([['USD', '7.27' as Decimal]])
    expect(convert(cost('0.000000000001', 'USD'), 'CNY', rates)).toBe(7n)
    expect(convert(cost('1', 'EUR'), 'CNY', rates)).toBeNull()
  })
})

describe('a dataset', () => {
  const item = (line: object): Item | undefined => readDataset('d', JSON.stringify(line)).items[0]

  it('[H24] sends messages, tools and format as they are, and a prompt as one message', () => {
    expect(item({ prompt: 'Hi', answer: 'x' })?.request).toEqual({ messages: [{ role: 'user', content: 'Hi' }] })
    const messages = [{ role: 'system', content: 'Be short.' }]
    expect(item({ messages, answer: 'x', tools: [], other: 1 })?.request).toEqual({ messages, tools: [] })
  })

  it.each([
    ['{"prompt": "a", "answer": 1}\nnonsense', /^d:2 is not JSON/],
    ['[]', /^d:1 is not a JSON object/],
    ['{"prompt": "a"}', /^d:1 has no "answer"/],
    ['{"answer": "a"}', /^d:1 needs either "prompt"/],
    ['{"prompt": "a", "messages": [], "answer": 1}', /^d:1 needs either "prompt"/],
    ['{"id": 1, "prompt": "a", "answer": 1}\n{"id": "1", "prompt": "b", "answer": 1}', /^d has the id "1" twice/],
    ['\n\n', /^d has no line with an item/],
  ])('[H24] says what is wrong with %j, and where', (text, says) => {
    expect(() => readDataset('d', text)).toThrow(says)
  })
})
