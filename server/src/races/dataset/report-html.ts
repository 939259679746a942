import { escapeHtml } from './escape-html.ts'
import { evidencePlot, hullPlot } from './plots.ts'
import type { Bill, ChallengerReport, Difference, Report } from './report.ts'

/** The report as one page that needs nothing else: to be mailed, filed, opened in ten years. */
export function reportHtml(report: Report): string {
  const { config, items, champion, challengers } = report
  const title = `Race ${report.race}: ${verdictText(report)}`
  return `<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escapeHtml(title)}</title>
<style>${STYLE}</style>
<h1>${escapeHtml(verdictText(report))}</h1>
<p>${escapeHtml(
    `${items.counted} of ${config.dataset.items} items of ${config.dataset.name}, graded by ${config.grader}. Champion ${champion.model}; a challenger may be worse by ${100 * config.margin} percentage points, and ${
      config.saving === null ? 'cost does not count' : `must save ${percent(config.saving)}`
    }. Chance of promoting one that may not be: at most ${percent(config.alpha)}.`,
  )}</p>
${items.lost === 0 ? '' : `<p>${items.lost} items were set aside: the race was interrupted while they were asked.</p>`}
<h2>Models</h2>
<div class="table"><table><tr>${HEAD.map((cell) => `<th>${cell}</th>`).join('')}</tr>
${billRow(champion, ['champion', '', '', ''])}
${challengers.map((each) => billRow(each, challengerCells(each))).join('\n')}</table></div>
<p>Spent in all: ${moneyText(report.spent)}, together ${report.spent_total} ${escapeHtml(config.currency)}.</p>
<h2>Evidence</h2>
${evidencePlot(report)}
<h2>Cost and quality</h2>
${champion.cost_per_call === null && challengers.every((each) => each.cost_per_call === null) ? '<p>No prices are known.</p>' : hullPlot(report)}
<h2>Where they differ: ${report.differences.length} items</h2>
${report.differences.map(differenceBlock).join('\n')}
<p class="small">Seed ${escapeHtml(config.seed)}, dataset ${config.dataset.sha256}. The same command on the same data gives the same race.</p>
</html>
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
      return `Inconclusive after ${items.counted} items`
    case 'abort':
      return verdict.reason === 'budget' ? 'Aborted: the budget is used up' : 'Stopped before the end'
  }
}

const HEAD = ['Model', 'Fate', 'Right', 'Difference', 'Interval', 'Compared', 'Calls', 'Errors', 'Cost', 'Saving']

type Cells = readonly [fate: string, difference: string, interval: string, compared: string, saving?: string]

function challengerCells(each: ChallengerReport): Cells {
  const { low, high } = each.interval
  return [
    each.fate,
    points(each.difference),
    `${points(low)} … ${points(high)}`,
    String(each.n),
    each.saving === null ? '' : percent(each.saving),
  ]
}

function billRow(bill: Bill, [fate, difference, interval, compared, saving = '']: Cells): string {
  const cells = [
    bill.model,
    fate,
    percent(bill.score),
    difference,
    interval,
    compared,
    String(bill.calls),
    String(bill.errors),
    moneyText(bill.cost),
    saving,
  ]
  return `<tr>${cells.map((cell) => `<td>${escapeHtml(cell)}</td>`).join('')}</tr>`
}

function differenceBlock({ item, question, right, answers }: Difference): string {
  const marks = answers.map(({ model, score }) => `${score === 1 ? '✓' : '✗'} ${model}`).join('   ')
  const texts = answers.map(
    ({ model, text, score, state }) =>
      `<h4>${score === 1 ? '✓' : '✗'} ${escapeHtml(model)}${state === 'ok' ? '' : ` (${escapeHtml(state)})`}</h4><pre>${escapeHtml(text)}</pre>`,
  )
  return `<details><summary>${escapeHtml(`${item}: ${marks}`)}</summary><pre>${escapeHtml(question.trim())}</pre><p>Right: <b>${escapeHtml(right)}</b></p>${texts.join('')}</details>`
}

export function moneyText(amounts: Report['spent']): string {
  return (
    amounts.map(({ amount, currency }) => `${amount.replace(/(\.\d{4})\d+$/, '$1')} ${currency}`).join(' + ') || '—'
  )
}

export function percent(share: number): string {
  // Never "-0.0".
  return `${(Math.round(1000 * share) / 10 + 0).toFixed(1)} %`
}

/** A difference of shares, in percentage points. */
export function points(difference: number): string {
  return `${difference > 0 ? '+' : ''}${(100 * difference).toFixed(2)} pp`
}

const STYLE = `body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#111827;background:#fff;overflow-wrap:break-word}
h1{font-size:1.5rem}h2{font-size:1.15rem;margin-top:2rem}table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}
.table{overflow-x:auto}th,td{text-align:left;white-space:nowrap;padding:.3rem .6rem;border-bottom:1px solid #e5e7eb}td:first-child{white-space:normal;min-width:10em}
figure{margin:0}svg{width:100%;font:12px system-ui,sans-serif}
.axis{fill:none;stroke:#9ca3af}.mark{stroke:#6b7280;stroke-dasharray:2 3}pre{white-space:pre-wrap;background:#f3f4f6;padding:.6rem}
summary{cursor:pointer}figcaption,.small{color:#4b5563;font-size:13px}h4{margin:.6rem 0 .2rem}`
