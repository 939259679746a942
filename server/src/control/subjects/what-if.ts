import type { whatIfApi } from '@paddock/contract/control/what-if'
import { excerpt, PaddockError } from '../../base/errors.ts'
import type { BooksReader } from '../../books/reader.ts'
import type { Pricing } from '../../books/whatif/run.ts'
import { splitModel } from '../../prices/book.ts'
import { addAmounts } from '../amounts.ts'
import type { Handlers } from '../handlers.ts'
import { readWhen, spanOr, whenOr } from '../span.ts'

export type WhatIfParts = { readonly reader: Pick<BooksReader, 'whatIf'>; readonly pricing: () => Pricing }

export function whatIfHandlers({ reader, pricing }: WhatIfParts): Handlers<typeof whatIfApi> {
  return {
    ask: async ({ body }) => {
      const found = await reader.whatIf(
        {
          ...spanOr(body, { now: readWhen(body.to), days: 0 }),
          model: body.model === undefined ? null : wholeName(body.model, '/model'),
          listAt: whenOr(body.prices_at, null),
          groupBy: body.group_by ?? null,
          traffic: {
            route: body.route,
            key: body.key,
            model: body.of_model === undefined ? undefined : splitModel(wholeName(body.of_model, '/of_model')),
          },
          currency: body.currency ?? null,
        },
        pricing(),
      )
      return { ...found, retry_loss: addAmounts(found.retry_loss ?? []) }
    },
  }
}

function wholeName(model: string, param: string): string {
  if (splitModel(model).provider !== '') return model
  throw new PaddockError('field_invalid', {
    message: `${param}: write provider/model, not "${excerpt(model)}".`,
    param,
  })
}
