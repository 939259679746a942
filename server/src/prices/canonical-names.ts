import type { PriceBook } from './book.ts'

/** The name of a provider's model that the price book knows it by on a day: bills may call it by another than requests did. */
export function canonicalNames(prices: PriceBook, provider: string): (model: string, day: string) => string {
  const aliases = prices.aliases(provider).filter(({ match }) => match === 'exact')
  return (model, day) => {
    const inForce = aliases.find(
      ({ alias, valid_from, valid_to }) =>
        alias === model &&
        (valid_from === null || valid_from.slice(0, 10) <= day) &&
        (valid_to === null || day < valid_to.slice(0, 10)),
    )
    return inForce?.target ?? model
  }
}
