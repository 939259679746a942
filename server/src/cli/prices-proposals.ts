import { readFileSync } from 'node:fs'
import { userInfo } from 'node:os'
import type { PriceProposal } from '@paddock/contract/price-proposal'
import type { Command } from 'commander'
import { isoInstant } from '../base/clock.ts'
import { asPaddockError, PaddockError } from '../base/errors.ts'
import { readFeed, type FeedModel } from '../prices/feed.ts'
import { judgeProposal } from '../prices/judge-proposal.ts'
import { decide, mergeProposals, readProposals, writeProposals } from '../prices/proposals.ts'
import { PROVIDERS } from '../providers/all.ts'
import type { CliContext, CommonOptions } from './context.ts'
import { withCommonOptions } from './options.ts'
import { printRows } from './output.ts'
import { changesText } from './prices-events.ts'

type ProposeOptions = CommonOptions & { readonly source?: string }
type ListOptions = CommonOptions & { readonly all?: boolean }
type DecideOptions = CommonOptions & { readonly by?: string; readonly anyway?: boolean }

/** Where the feed has another name for a provider than we. */
const FEED_NAMES: Readonly<Record<string, string>> = { 'x-ai': 'xai' }

/** `paddock prices propose` and `proposals`: prices of a feed, compared with the book and decided about one by one. */
export function addProposals(prices: Command, context: CliContext): void {
  withCommonOptions(prices.command('propose'))
    .description(
      'compare a price feed with the price book; each difference becomes a proposal, and nothing else happens',
    )
    .argument('<file>', 'the data.json of genai-prices (github.com/pydantic/genai-prices, prices/new_data/v2)')
    .option('--source <name>', 'what to call the feed', 'genai-prices')
    .addHelpText('after', '\nExample:\n  paddock prices propose data.json && paddock prices proposals')
    .action((file: string, options: ProposeOptions) => propose(context, file, options))
  const proposals = withCommonOptions(prices.command('proposals'))
    .description('the proposals that are open')
    .option('--all', 'also those that were decided')
    .addHelpText('after', '\nExamples:\n  paddock prices proposals\n  paddock prices proposals accept 1f0c2a9b7d')
    .action((options: ListOptions) => {
      list(context, options)
    })
  addDecision(proposals, context, 'accept')
  addDecision(proposals, context, 'reject')
}

function addDecision(proposals: Command, context: CliContext, verb: 'accept' | 'reject'): void {
  const command = withCommonOptions(proposals.command(verb))
    .description(
      verb === 'accept'
        ? 'make a proposal a row of the price book, below the shipped prices; a running server takes it up'
        : 'decide against a proposal; it is not made again',
    )
    .argument('<id>', 'the id of the proposal')
    .option('--by <name>', 'who decides; the name of the user if left out')
  if (verb === 'accept') command.option('--anyway', 'although there are doubts about it')
  // Options that the command above has too, such as --json, are read by that one.
  command.action((id: string) => decideOne(context, { id, verb, options: command.optsWithGlobals<DecideOptions>() }))
}

async function propose(context: CliContext, file: string, options: ProposeOptions): Promise<void> {
  const { dataFolder } = context.config(options)
  const now = context.clock.now()
  const source = options.source ?? ''
  const providers = new Map(PROVIDERS.filter(({ currency }) => currency === 'USD').map(({ id }) => [id, id]))
  for (const [theirs, ours] of Object.entries(FEED_NAMES)) if (providers.has(ours)) providers.set(theirs, ours)
  const models = readFeed(readText(file), { providers, day: isoInstant(now).slice(0, 10) })
  const book = await context.openPrices(options)
  const skipped: string[] = []
  const made = models.flatMap((model) => {
    const judged = judge(model, (row) => judgeProposal(book, { model: model.model, row, source }, now))
    if (typeof judged === 'string') skipped.push(`${model.model} ${judged}`)
    return judged === null || typeof judged === 'string' ? [] : judged
  })
  const known = readProposals(dataFolder)
  const merged = mergeProposals(known, made)
  writeProposals(dataFolder, merged)
  const added = merged.filter((each) => !known.includes(each))
  const report = { models: models.length, proposals: added.length, same: models.length - made.length - skipped.length }
  if (options.json === true) context.output.json({ ...report, skipped })
  else {
    context.output.line(
      `${report.models} models read: ${report.same} as in the price book, ${added.length} new proposals, ${skipped.length} left out.`,
    )
    for (const each of skipped) context.output.note(each)
  }
}

function judge(
  model: FeedModel,
  compare: (row: Readonly<Record<string, unknown>>) => PriceProposal | null,
): PriceProposal | string | null {
  if ('skipped' in model) return model.skipped
  try {
    return compare(model.row)
  } catch (thrown) {
    const error = asPaddockError(thrown)
    if (error.code !== 'price_invalid') throw thrown
    return `has a price that cannot be used: ${error.message}`
  }
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (cause) {
    throw new PaddockError('argument_invalid', { message: `The file ${file} cannot be read.`, cause })
  }
}

function list(context: CliContext, options: ListOptions): void {
  const proposals = readProposals(context.config(options).dataFolder)
  const rows = options.all === true ? proposals : proposals.filter(({ status }) => status === 'open')
  printRows(context.output, options, {
    rows,
    head: ['ID', 'MODEL', 'CHANGE', 'DOUBTS', 'OUTRANKED BY', ''],
    cells: ({ id, model, row, changes, doubts, outranked_by, status }) => [
      id,
      model,
      `${changesText(changes)} ${String(row['currency'])}`,
      doubts.map(({ doubt, reason }) => `${doubt}: ${reason}`).join(' '),
      outranked_by ?? '',
      status === 'open' ? '' : status,
    ],
    notes: ['An accepted proposal counts where no price of the shipped book, a contract or yours does.'],
  })
}

type Deciding = { readonly id: string; readonly verb: 'accept' | 'reject'; readonly options: DecideOptions }

async function decideOne(context: CliContext, { id, verb, options }: Deciding): Promise<void> {
  const { dataFolder } = context.config(options)
  const proposals = readProposals(dataFolder)
  const status = verb === 'accept' ? 'accepted' : 'rejected'
  const by = options.by ?? userInfo().username
  const decided = decide(proposals, { id, status, at: isoInstant(context.clock.now()), by })
  const proposal = decided.find((each) => each.id === id)
  const doubts = proposal?.doubts.filter(({ doubt }) => doubt !== 'unknown_model') ?? []
  if (verb === 'accept' && doubts.length > 0 && options.anyway !== true) {
    throw new PaddockError('argument_invalid', {
      message: `There are doubts: ${doubts.map(({ reason }) => reason).join(' ')} Check the provider's page, then accept it with --anyway.`,
    })
  }
  writeProposals(dataFolder, decided)
  try {
    await context.openPrices(options)
  } catch (cause) {
    // A book that cannot be used must not be left behind.
    writeProposals(dataFolder, proposals)
    throw cause
  }
  if (options.json === true) context.output.json(proposal)
  else context.output.line(`${proposal?.model ?? id}: ${status} by ${by}.`)
  if (verb === 'accept' && typeof proposal?.outranked_by === 'string')
    context.output.note(
      `${proposal.outranked_by} wins over it. To use this price all the same, write it under "prices:" in paddock.yaml:\n  - ${JSON.stringify(proposal.row)}`,
    )
}
