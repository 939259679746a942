/**
 * The address at which a browser reaches us, from the request's own Host header. Nothing is granted for it: what is made for
 * one address is worth nothing at another, and the browser sees to it that a page signs for its own address alone.
 */
export type Site = {
  /** With the port where there is one: "paddock.example.com", "localhost:4400". */
  readonly host: string
  /** Behind a proxy that ends TLS. */
  readonly secure: boolean
}

/** Where the browser is. */
export function originOf({ host, secure }: Site): string {
  return `${secure ? 'https' : 'http'}://${host}`
}

/**
 * For what passkeys at this address are made, and from which origin they may be shown: a name (never an address of numbers) over
 * https, or localhost. Browsers make them nowhere else, so an origin over http counts for localhost alone, whatever a
 * proxy says. Null where there can be none.
 */
export function passkeySite({ host }: Site): { readonly name: string; readonly origin: string } | null {
  const url = `https://${host}`
  if (!URL.canParse(url)) return null
  const { hostname } = new URL(url)
  if (/^[\d.]+$|^\[/.test(hostname)) return null
  const isLocal = hostname === 'localhost' || hostname.endsWith('.localhost')
  if (!isLocal && !hostname.includes('.')) return null
  return { name: hostname, origin: new URL(isLocal ? `http://${host}` : url).origin }
}
