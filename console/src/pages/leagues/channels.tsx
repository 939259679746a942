import type { Answer } from '@paddock/webkit/api/operation.ts'
import { useFormat } from '@paddock/webkit/format/format.ts'
import { useText } from '@paddock/webkit/text/language.tsx'
import { CopyBlock } from '@paddock/webkit/ui/copy.tsx'
import { Money } from '@paddock/webkit/ui/money.tsx'
import { ErrorNote } from '@paddock/webkit/ui/note.tsx'
import { Empty, Panel } from '@paddock/webkit/ui/panel.tsx'
import { Table, type Column } from '@paddock/webkit/ui/table.tsx'
import { Megaphone } from 'lucide-react'
import { useAsk } from '../../query.ts'
import type { TabProps } from './page.tsx'
import { Share } from './share.tsx'
import { text } from './text.ts'

type Line = Answer<'leagues.channels'>['items'][number]

/** Where new members came from, and what each of them cost. Currencies stay apart. */
export function Channels({ days, ready }: TabProps) {
  const t = useText(text)
  const channels = useAsk('leagues.channels', { query: { from: days.from, to: days.to } }, { when: ready })
  const columns = useColumns()
  return (
    <Panel flush title={t.tabs.channels} hint={t.channelsHint}>
      {channels.error === null ? (
        <Table
          name="channels"
          label={t.tabs.channels}
          columns={columns}
          rows={channels.data?.items}
          rowKey={({ channel, currency }) => `${channel} ${currency}`}
          empty={
            <Empty icon={Megaphone} title={t.noChannels} action={<CopyBlock value="paddock leagues spend spend.csv" />}>
              <p>{t.noChannelsHint}</p>
              <p className="mt-2">
                <code className="text-xs">day,channel,amount,currency,ads</code>
              </p>
            </Empty>
          }
        />
      ) : (
        <div className="p-4">
          <ErrorNote error={channels.error} onRetry={() => void channels.refetch()} />
        </div>
      )}
    </Panel>
  )
}

function useColumns(): Column<Line>[] {
  const t = useText(text)
  const { number } = useFormat()
  const money = (amount: string | null, currency: string | null) => (
    <Money of={amount === null || currency === null ? null : { amount, currency }} />
  )
  return [
    { id: 'channel', head: t.channel, cell: ({ channel }) => <span className="font-medium">{channel}</span> },
    {
      id: 'members',
      head: t.newMembers,
      align: 'right',
      cell: ({ new_members }) => number(new_members),
      sort: ({ new_members }) => new_members,
    },
    { id: 'membersShare', head: t.shareOfNew, cell: ({ new_members_share }) => <Share of={new_members_share} /> },
    { id: 'spent', head: t.spent, align: 'right', cell: ({ spent, currency }) => money(spent, currency) },
    {
      id: 'each',
      head: t.costEach,
      align: 'right',
      cell: ({ cost_per_new_member, currency }) => (
        <span className="font-medium">{money(cost_per_new_member, currency)}</span>
      ),
    },
    { id: 'ads', head: t.ads, align: 'right', cell: ({ ads }) => number(ads), sort: ({ ads }) => ads },
    { id: 'adsShare', head: t.shareOfAds, cell: ({ ads_share }) => <Share of={ads_share} /> },
  ]
}
