/** How long a provider asks us to wait, from the headers of its answer. */

type Headers = Readonly<Record<string, string>>

/** Nobody is asked to wait longer than this for a provider, whatever it says. */
const SECONDS_MAX = 600
const SECONDS_UNKNOWN = 5

/** Whole seconds. Read from `retry-after-ms`, or from `retry-after` in seconds or as a date (RFC 9110, 10.2.3). */
export function retryAfterSeconds(headers: Headers): number {
  const seconds = fromMs(headers['retry-after-ms']) ?? fromSeconds(headers['retry-after']) ?? fromDate(headers)
  return Math.min(Math.ceil(seconds ?? SECONDS_UNKNOWN), SECONDS_MAX)
}

function fromMs(text: string | undefined): number | null {
  const ms = fromSeconds(text)
  return ms === null ? null : ms / 1_000
}

function fromSeconds(text: string | undefined): number | null {
  return text !== undefined && /^\d+(\.\d+)?$/.test(text) ? Number(text) : null
}

/** A date is held against the one the answer itself was sent at: the provider's clock may differ from ours. */
function fromDate({ 'retry-after': until, date }: Headers): number | null {
  const ms = httpDate(until) - httpDate(date)
  return Number.isNaN(ms) ? null : Math.max(ms, 0) / 1_000
}

/** Milliseconds since 1970; NaN for anything but a date in the one form that is still sent. */
function httpDate(text = ''): number {
  return text.endsWith(' GMT') ? Date.parse(text) : NaN
}
