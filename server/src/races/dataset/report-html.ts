import { escapeHtml } from './escape-html.ts'
import { evidencePlot, hullPlot, intervalPlot, short } from './plots.ts'
import { REPORT_STYLE } from './report-style.ts'
import type { Bill, ChallengerReport, Difference, Report } from './report.ts'

/** The report as one page that needs nothing else: to be mailed, filed, opened in ten years. */
export function reportHtml(report: Report): string {
  const { config, items, champion, challengers, verdict, judge } = report
  const title = verdictText(report)
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escapeHtml(`${title} · race ${report.race}`)}</title>
<style>${REPORT_STYLE}</style></head><body>
<header class="verdict ${verdict.kind}">
<p class="eyebrow">Race ${report.race} · ${escapeHtml(config.dataset.name)} · ${escapeHtml(graderText(report))}</p>
<h1>${escapeHtml(title)}</h1>
<p>${escapeHtml(questionText(report))}</p>
${items.lost === 0 ? '' : `<p>${items.lost} items were set aside: the race was interrupted while they were asked.</p>`}
${figures(report)}
</header>
<main>
<h2>Challengers</h2>
<div class="cards">${challengers.map((each) => challengerCard(each, report)).join('\n')}</div>
<h2>Evidence, cost and quality</h2>
<ul class="legend">${[champion, ...challengers].map(({ model }, index) => `<li class="s${index}"><span class="key"></span>${escapeHtml(short(model))}</li>`).join('')}</ul>
<div class="plots">${evidencePlot(report)}
${hullPlot(report)}</div>
<h2>Bills</h2>
<div class="table"><table><tr>${['Model', judge === null ? 'Right' : 'Preferred', ...HEAD].map((cell) => `<th>${cell}</th>`).join('')}</tr>
${[champion, ...challengers].map((bill) => billRow(bill, report)).join('\n')}
${judge === null ? '' : row([`${judge.model} (judge)`, '', String(judge.calls), String(judge.errors), '', moneyText(judge.cost), ''])}</table></div>
<p class="quiet">Spent in all: ${moneyText(report.spent)}, together ${escapeHtml(cut(report.spent_total))} ${escapeHtml(config.currency)}.</p>
${judgeSection(report)}
<h2>Where they differ: ${report.differences.length} items</h2>
${report.differences.map((each) => differenceBlock(each, judge !== null)).join('\n')}
</main>
<footer><p class="quiet small">Seed ${escapeHtml(config.seed)}, dataset ${config.dataset.sha256}. The same command on the same data gives the same race.</p></footer>
</body></html>
`
}

export function verdictText({ verdict, items, config }: Report): string {
  switch (verdict.kind) {
    case 'promote':
      return config.challengers.some(({ copy }) => copy > 0)
        ? 'As it should be, the champion is as good as itself'
        : `Promote ${verdict.challenger ?? ''}`
    case 'reject':
      return 'Reject: every challenger is worse than the margin allows'
    case 'inconclusive':
      return `Inconclusive after ${items.counted} items${verdict.reason === null ? '' : `: ${verdict.reason}`}`
    case 'abort':
      return verdict.reason === 'budget' ? 'Aborted: the budget is used up' : 'Stopped before the end'
  }
}

function graderText({ config, judge }: Report): string {
  return judge === null ? `graded by ${config.grader}` : `judged by ${judge.model}`
}

function questionText({ config, champion }: Report): string {
  const saving = config.saving === null ? 'cost does not count' : `it must cost ${round(config.saving)} % less`
  return `May a challenger replace ${champion.model}? It may be worse by ${round(config.margin)} pp, and ${saving}. The chance of promoting one that may not is at most ${round(config.alpha)} %, whenever one looks.`
}

/** What a reader takes away: of the winner, or of the race. */
function figures(report: Report): string {
  const { verdict, challengers, items, config, spent, spent_total } = report
  const winner = challengers.find(({ model }) => model === verdict.challenger)
  const cells: [string, string, string][] = [
    ...(winner === undefined
      ? []
      : ([
          ['Difference', signed(winner.difference), intervalText(winner)],
          ['Saving', winner.saving === null ? '—' : percent(winner.saving), 'for the same items'],
        ] as [string, string, string][])),
    ['Items', String(items.counted), `of ${config.dataset.items}; ${items.planned} were planned`],
    ['Spent', `${cut(spent_total)} ${config.currency}`, moneyText(spent)],
  ]
  return `<dl class="figures">${cells.map(([name, value, more]) => `<div><dt>${name}</dt><dd>${escapeHtml(value)}<small>${escapeHtml(more)}</small></dd></div>`).join('')}</dl>`
}

const FATES: Readonly<Record<ChallengerReport['fate'], string>> = {
  promotable: 'good enough',
  inferior: 'too bad',
  running: 'not proven yet',
  futile: 'given up',
}

function challengerCard(each: ChallengerReport, report: Report): string {
  const { model, fate, evidence, errors_gate, cost_gate, n } = each
  const { won, lost } = duelOf(each, report)
  const quality =
    fate === 'inferior' && evidence.too_bad.progress >= 1 ? 'failed' : stateOf(evidence.good_enough.progress)
  return `<section class="card ${fate}"><header><h3>${breakable(model)}</h3><span class="fate">${FATES[fate]}</span></header>
<p class="big">${signed(each.difference)}<small>${intervalText(each)}</small></p>
${intervalPlot(each, report)}
<div class="gates">${gate('Quality', quality, evidence.good_enough.progress)}${gate('Errors', errors_gate.state, errors_gate.good_enough.progress)}${
    report.config.saving === null ? '' : gate('Cost', cost_gate?.state ?? 'open', cost_gate?.state === 'passed' ? 1 : 0)
  }</div>
<p class="quiet small">${n} items compared: ${won} won, ${lost} lost, ${n - won - lost} the same.${each.saving === null ? '' : ` Costs ${percent(each.saving)} less.`}</p></section>`
}

const SAYS: Readonly<Record<string, string>> = { passed: 'proven', failed: 'too bad' }

function gate(name: string, state: string, progress: number): string {
  const done = Math.min(1, Math.max(0, progress))
  return `<span>${name}</span><span class="bar ${state}"><i style="width:${state === 'failed' ? 100 : Math.floor(100 * done)}%"></i></span><span class="said ${state}">${SAYS[state] ?? `${Math.floor(100 * done)} %`}</span>`
}

function stateOf(progress: number): string {
  return progress >= 1 ? 'passed' : 'open'
}

/** Items that one of the two won, among those that were counted for the challenger. */
function duelOf({ model }: ChallengerReport, { differences, champion }: Report): { won: number; lost: number } {
  const duels = differences.flatMap(({ answers }) => {
    const [own, other] = [model, champion.model].map((name) => answers.find((answer) => answer.model === name)?.score)
    return own === undefined || other === undefined ? [] : [own - other]
  })
  return { won: duels.filter((each) => each > 0).length, lost: duels.filter((each) => each < 0).length }
}

const HEAD = ['Calls', 'Errors', 'Mean time', 'Cost', 'A thousand calls']

function billRow(bill: Bill, { config }: Report): string {
  const thousand =
    bill.cost_per_call === null ? '—' : `${(1000 * bill.cost_per_call).toPrecision(3)} ${config.currency}`
  const ms = bill.duration_ms_mean
  const time = ms < 100 ? `${ms} ms` : `${(ms / 1000).toFixed(1)} s`
  return row([
    bill.model,
    percent(bill.score),
    String(bill.calls),
    String(bill.errors),
    time,
    moneyText(bill.cost),
    thousand,
  ])
}

function row([model = '', ...cells]: readonly string[]): string {
  return `<tr><td>${breakable(model)}</td>${cells.map((cell) => `<td>${escapeHtml(cell)}</td>`).join('')}</tr>`
}

/** A model's name, which may go on in the next line behind its provider. */
function breakable(model: string): string {
  return escapeHtml(model).replace('/', '/<wbr>')
}

function judgeSection({ judge }: Report): string {
  if (judge === null) return ''
  const share = (value: number | null): string => (value === null ? '—' : percent(value))
  const faults = judge.faults.map((fault) => `<p class="wrong">It ${escapeHtml(fault)}, so it promotes nobody.</p>`)
  return `<h2>The judge</h2><p>${escapeHtml(judge.model)} read ${judge.pairs} pairs in both orders, without the names of who wrote them. It said the same in both orders for ${share(judge.agreement)}; what was shown first won ${share(judge.first_position_share)} (one half is fair); ${share(judge.missing)} could not be read.</p>${faults.join('')}${peopleText(judge)}`
}

function peopleText({ people }: NonNullable<Report['judge']>): string {
  if (people === null) return ''
  const corrected = people.challengers.flatMap(({ model, difference, interval }) =>
    difference === null || interval === null
      ? []
      : [`${model} ${signed(difference)} (${signed(interval.low)} … ${signed(interval.high)})`],
  )
  const found = corrected.length === 0 ? '' : ` Corrected by that: ${corrected.join(', ')}.`
  return `<p>${escapeHtml(`People have read ${people.labelled} of ${people.drawn} pairs drawn by chance.${found}`)}</p>`
}

function differenceBlock({ item, question, right, answers }: Difference, isJudged: boolean): string {
  const marks = answers.map(({ model, score }) => {
    const [tone, sign] = markOf(score, isJudged)
    return `<span class="${tone}">${sign} ${escapeHtml(short(model))}</span>`
  })
  const texts = answers.map(({ model, text, score, state }) => {
    const [tone, sign] = markOf(score, isJudged)
    return `<h4 class="${tone}">${sign} ${escapeHtml(model)}${state === 'ok' ? '' : ` (${escapeHtml(state)})`}</h4><pre>${escapeHtml(text)}</pre>`
  })
  const known = right === null ? '' : `<p>Right: <b>${escapeHtml(right)}</b></p>`
  return `<details><summary><b>${escapeHtml(item)}</b>${marks.join('')}</summary><pre>${escapeHtml(question.trim())}</pre>${known}${texts.join('')}</details>`
}

/** Right or wrong; from a judge, better or worse than the champion's. */
function markOf(score: number, isJudged: boolean): readonly [tone: string, sign: string] {
  if (isJudged) return score > 0 ? ['right', '▲'] : score < 0 ? ['wrong', '▼'] : ['same', '•']
  return score === 1 ? ['right', '✓'] : ['wrong', '✗']
}

function intervalText({ n, interval: { low, high } }: ChallengerReport): string {
  return n === 0 ? 'nothing compared yet' : `${signed(low)} … ${signed(high)}`
}

/** With a minus as long as a plus. */
function signed(difference: number): string {
  return points(difference).replace('-', '−')
}

/** A share in percent, as somebody would write it. */
function round(share: number): number {
  return Number((100 * share).toFixed(3))
}

export function moneyText(amounts: Report['spent']): string {
  return amounts.map(({ amount, currency }) => `${cut(amount)} ${currency}`).join(' + ') || '—'
}

/** For reading; the exact amount is in report.json. */
function cut(amount: string): string {
  return amount.replace(/(\.\d{4})\d+$/, '$1')
}

export function percent(share: number): string {
  // Never "-0.0".
  return `${(Math.round(1000 * share) / 10 + 0).toFixed(1)} %`
}

/** A difference of shares, in percentage points. */
export function points(difference: number): string {
  return `${difference > 0 ? '+' : ''}${(100 * difference).toFixed(2)} pp`
}
