import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { groupBy } from '../server/src/prices/group-by.ts'

/**
 * Builds the real data that the tests of races replay: which model got which item right (ZeroEval, as bitmaps), what people
 * voted (PandaLM), what judges said in both orders (LLMBar), how they scored tasks (WildBench) and what they preferred
 * (AlpacaEval). Usage: npx tsx scripts/build-race-fixtures.ts <folder> <git directory of tatsu-lab/alpaca_eval>
 */

const [source, alpacaEval] = process.argv.slice(2)
if (source === undefined || alpacaEval === undefined)
  throw new Error('Usage: npx tsx scripts/build-race-fixtures.ts <folder> <git directory of tatsu-lab/alpaca_eval>')
const PREFERENCE_STEPS = 65_535
const target = join(import.meta.dirname, '..', 'server', 'src', 'races', 'fixtures')

type Published = { readonly file: string; readonly n: number; readonly correct: number; readonly published_acc: number }
const published = JSON.parse(readFileSync(join(source, 'zeroeval', 'reference.json'), 'utf8')) as Record<
  string,
  Record<string, Published>
>

write('zeroeval.json', { gsm: items('gsm'), crux: items('crux') })
write('pandalm.json', votes())
write('llmbar.json', verdicts())
write('wildbench.json', taskScores())
write('alpaca-eval.json', {
  v2: preferences('weighted_alpaca_eval_gpt4_turbo', 'data_AlpacaEval_2/weighted_alpaca_eval_gpt4_turbo'),
  v1: preferences('alpaca_eval_gpt4', 'data_AlpacaEval/alpaca_eval_gpt4'),
})

/** Bit i of a model's bitmap, counted from the lowest of the first byte, is 1 when item i was answered right. */
function items(name: string): object {
  const rows = readTable(join('zeroeval', `${name}_items.csv.gz`))
  const byModel = groupBy(rows, ([model = '']) => model)
  const references = new Map(
    Object.entries(published[name] ?? {}).map(([model, { published_acc }]) => [model, published_acc]),
  )
  const count = Math.max(...rows.map(([, item]) => Number(item))) + 1
  const models = [...byModel].map(([model, answers]) => {
    const bits = Buffer.alloc(Math.ceil(count / 8))
    for (const [, item, correct] of answers) {
      const place = Number(item)
      if (correct === '1') bits[place >> 3] = (bits[place >> 3] ?? 0) | (1 << (place & 7))
    }
    return [model, { published: references.get(model), items: answers.length, correct: bits.toString('base64') }]
  })
  return { items: count, models: Object.fromEntries(models) }
}

/** What most of three people said of each pair: 1 the first is better, 2 the second, 0 neither or no majority. */
function votes(): object {
  return readTable(join('votes', 'pandalm_human_votes.csv.gz')).map(([, first, second, , , ...annotators]) => {
    const most = ['1', '2'].find((vote) => annotators.filter((each) => each === vote).length >= 2)
    return [first, second, Number(most ?? 0)]
  })
}

/** Per judge, a letter per pair: 9·(gold − 1) + 3·(verdict in order 1-2) + (verdict in order 2-1), 0 where there is none, from "a". */
function verdicts(): object {
  const groups = groupBy(readTable(join('judges', 'llmbar_verdicts.csv.gz')), ([subset, , judge, strategy]) =>
    [subset, judge, strategy].join('|'),
  )
  return Object.fromEntries(
    [...groups].map(([name, rows]) => [
      name,
      rows
        .map(([, , , , gold, forward, backward]) =>
          String.fromCharCode(97 + 9 * (Number(gold) - 1) + 3 * Number(forward) + Number(backward)),
        )
        .join(''),
    ]),
  )
}

/** A judge's scores from 1 to 10, one hexadecimal digit a task, and the published mean. */
function taskScores(): object {
  const published = JSON.parse(readFileSync(join(source ?? '', 'wildbench', 'published_score.json'), 'utf8')) as Record<
    string,
    { score: number }
  >
  const byModel = groupBy(readTable(join('wildbench', 'wb_scores_v2.0625_gpt4o.csv.gz')), ([model = '']) => model)
  return Object.fromEntries(
    [...byModel].map(([model, rows]) => {
      const scores = rows.map(([, , score]) => Number(score).toString(16)).join('')
      return [model, { published: published[model]?.score, scores }]
    }),
  )
}

/**
 * How far a judge preferred each model's answers to the baseline's, 0 to 1 in steps of 1/65535, and the published win rate; of
 * models whose annotations the repository holds and whose place is published.
 */
function preferences(judge: string, board: string): object {
  const published = new Map(
    git('show', `HEAD:src/alpaca_eval/leaderboards/${board}_leaderboard.csv`)
      .split(/\r?\n/)
      .slice(1)
      .map((line) => line.split(','))
      .map(([model = '', rate]) => [model, Number(rate)]),
  )
  const models = git('ls-tree', '-r', '--name-only', 'HEAD', 'results').split('\n')
  return Object.fromEntries(
    models.flatMap((path) => {
      const [, model = '', by, file] = path.split('/')
      const text =
        by === judge && file === 'annotations.json' && published.has(model) ? tryGit('show', `HEAD:${path}`) : null
      if (text === null) return []
      const said = (JSON.parse(text) as { preference: number | null }[]).flatMap(({ preference }) => preference ?? [])
      // 1 is the baseline's answer, 2 the model's; the older judge writes a draw as 0.
      const steps = Uint16Array.from(said, (each) => Math.round(PREFERENCE_STEPS * (each === 0 ? 0.5 : each - 1)))
      return [[model, { published: published.get(model), preferences: Buffer.from(steps.buffer).toString('base64') }]]
    }),
  )
}

function git(...args: string[]): string {
  return execFileSync('git', ['--git-dir', alpacaEval ?? '', ...args], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    stdio: ['ignore', 'pipe', 'ignore'],
  })
}

/** Large files are missing from some copies of the repository. */
function tryGit(...args: string[]): string | null {
  try {
    return git(...args)
  } catch {
    return null
  }
}

function readTable(name: string): string[][] {
  const lines = gunzipSync(readFileSync(join(source ?? '', name)))
    .toString('utf8')
    .trimEnd()
    .split(/\r?\n/)
  return lines.slice(1).map((line) => line.split(','))
}

function write(name: string, value: unknown): void {
  const text = JSON.stringify(value)
  writeFileSync(join(target, name), `${text}\n`)
  process.stdout.write(`${name}: ${text.length} bytes\n`)
}
