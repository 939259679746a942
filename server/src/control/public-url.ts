import { excerpt, PaddockError } from '../base/errors.ts'

/**
 * An address that is typed into a browser may lead to the outside only: no plain HTTP, no bare address, no name of this
 * network. Others belong into paddock.yaml, which whoever runs the machine writes. Throws `url_forbidden`; returns it without a
 * slash at its end.
 */
export function publicUrl(text: string, param: string): string {
  if (!URL.canParse(text)) throw forbidden(text, param)
  const { protocol, hostname, username, password, search, hash, href } = new URL(text)
  const isName = /^([a-z0-9-]+\.)+[a-z]{2,}$/.test(hostname) && !/\.(local|internal|localhost|lan|home)$/.test(hostname)
  if (protocol !== 'https:' || !isName || `${username}${password}${search}${hash}` !== '') throw forbidden(text, param)
  return href.endsWith('/') ? href.slice(0, -1) : href
}

function forbidden(text: string, param: string): PaddockError {
  return new PaddockError('url_forbidden', {
    message: `${excerpt(text)} cannot be entered here: write https:// and a public host name. Addresses in this network are set in paddock.yaml, on the machine.`,
    param,
  })
}
