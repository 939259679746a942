import { configFile } from '@paddock/contract/config'
import { describe, expect, it } from 'vitest'
import { readLimitRules } from './rules.ts'
import type { Who } from './who.ts'

const who: Who = {
  key: { id: 'k1', name: 'nightly' },
  team: { id: 't1', name: 'constructor' },
  organisation: { id: 'o1', name: 'default' },
  own: null,
}
const FREE = { rpm: null, tpm: null, concurrent: null }

describe('rules', () => {
  it('[L15] limit nothing but the server unless told to', () => {
    const rules = readLimitRules()
    const caps = { outputTokensMax: null, choicesMax: null, imagesMax: null, promptBytesMax: null }
    expect(rules.key(who)).toEqual({ ...FREE, weight: 1, caps })
    expect([rules.team(who.team), rules.organisation(who.organisation)]).toEqual([FREE, FREE])
    expect(rules.model('lab/small')).toEqual({ ...FREE, perKey: FREE })
    expect([rules.concurrentMax, rules.waitingMax, rules.waitMsMax]).toEqual([4_096, 1_024, 10_000])
  })

  it.each([
    ['the default', { default: { rpm: 1 } }, null, 1],
    ['the name', { default: { rpm: 1 }, nightly: { rpm: 2 } }, null, 2],
    ['the id', { default: { rpm: 1 }, nightly: { rpm: 2 }, k1: { rpm: 3 } }, null, 3],
    ['what is stored with the key', { default: { rpm: 1 }, k1: { rpm: 3 } }, { rpm: 4 }, 4],
    ['a more general rule, where the particular one says nothing', { default: { rpm: 1 }, k1: { tpm: 9 } }, {}, 1],
    ['"none", which lifts', { default: { rpm: 1 }, nightly: { rpm: 'none' as const } }, null, null],
  ])('[L15] let %s decide', (_what, keys, own, expected) => {
    expect(readLimitRules({ keys }).key({ ...who, own }).rpm).toBe(expected)
  })

  it('[L15] are read for every kind of thing', () => {
    const { limits } = configFile.parse({
      limits: {
        keys: { default: { weight: 3, images_max: 0, output_tokens_max: 4096 } },
        teams: { constructor: { tpm: 10 } },
        organisations: { o1: { concurrent: 5 } },
        models: { 'lab/small': { rpm: 7, per_key: { rpm: 2 } }, default: { tpm: 8 } },
        concurrent: 'none',
        waiting: { requests: 0, seconds: 2 },
      },
    })
    const rules = readLimitRules(limits)
    expect(rules.key(who)).toMatchObject({ weight: 3, caps: { imagesMax: 0, outputTokensMax: 4096 } })
    expect([rules.team(who.team).tpm, rules.organisation(who.organisation).concurrent]).toEqual([10, 5])
    expect(rules.model('lab/small')).toEqual({ rpm: 7, tpm: 8, concurrent: null, perKey: { ...FREE, rpm: 2 } })
    expect([rules.concurrentMax, rules.waitingMax, rules.waitMsMax]).toEqual([null, 0, 2_000])
  })

  it('[L15] do not take a team for one of JavaScript’s own names', () => {
    expect(readLimitRules({ teams: { other: { rpm: 1 } } }).team(who.team)).toEqual(FREE)
  })

  it.each([{ keys: { default: { rpm: 0 } } }, { keys: { default: { rpm: 1.5 } } }, { teams: { a: { rps: 1 } } }])(
    '[L15] cannot be written as %j',
    (limits) => {
      expect(configFile.safeParse({ limits }).success).toBe(false)
    },
  )
})
