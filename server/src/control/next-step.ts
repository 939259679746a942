/** What to do about a provider that did not answer as it should: for a person who has just tried it. */
const STEPS: Readonly<Partial<Record<string, string>>> = {
  provider_auth: 'Enter another key, or see at the provider whether this one may call the model.',
  provider_out_of_money:
    'Pay in at the provider; Paddock tries it again after a quarter of an hour, or at once after a new key.',
  provider_rate_limited: 'Wait a minute, ask the provider for a higher limit, or give it a second key.',
  provider_overloaded: 'Wait, or put another candidate beside it on the route.',
  provider_unreachable: 'See whether base_url is right, and whether this machine reaches it (DNS, proxy, firewall).',
  provider_timeout: 'Try again; if it stays so, see whether this machine reaches it, and try a smaller model.',
  provider_no_progress: 'Try again, or another model of the provider.',
  provider_bad_answer: 'See whether base_url and dialect are those of this provider.',
  provider_refused: 'See whether the model has this name at the provider, and whether the key may use it.',
  provider_error: 'Try again; if it stays so, the fault is at the provider: its status page says more.',
  model_unknown: 'Choose one of the models listed here, or write its name into "models" of the provider.',
  route_unavailable: 'Enter a key for the provider.',
  budget_exhausted: 'A budget has no room: raise it, or wait for its next window.',
  price_unknown: 'Set a price for the model: a hard budget lets nothing pass without one.',
}

/** Null where the message says it all. */
export function nextStep(code: string): string | null {
  return STEPS[code] ?? null
}
