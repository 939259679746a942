import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { groupBy } from '../server/src/prices/group-by.ts'

/**
 * Builds the real data that the tests of races replay: which model got which item right (ZeroEval, as bitmaps), what people
 * voted (PandaLM) and what judges said in both orders (LLMBar). Usage: npx tsx scripts/build-race-fixtures.ts <folder>
 */

const [source] = process.argv.slice(2)
if (source === undefined) throw new Error('Usage: npx tsx scripts/build-race-fixtures.ts <folder>')
const target = join(import.meta.dirname, '..', 'server', 'src', 'races', 'fixtures')

type Published = { readonly file: string; readonly n: number; readonly correct: number; readonly published_acc: number }
const published = JSON.parse(readFileSync(join(source, 'zeroeval', 'reference.json'), 'utf8')) as Record<
  string,
  Record<string, Published>
>

write('zeroeval.json', { gsm: items('gsm'), crux: items('crux') })
write('pandalm.json', votes())
write('llmbar.json', verdicts())

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
