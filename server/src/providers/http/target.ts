/** Where a request goes, read out of its address once for all that go there. */
export type HttpTarget = {
  readonly url: URL
  /** "https://api.example.com:8443" */
  readonly origin: string
  /** How a request to it begins: its first line, and the header Host. */
  readonly opening: string
}

/** Throws a TypeError for an address that is none. */
export function httpTarget(address: string): HttpTarget {
  const url = new URL(address)
  const { pathname, search, host, origin } = url
  return { url, origin, opening: `POST ${pathname}${search} HTTP/1.1\r\nhost: ${host}\r\n` }
}
