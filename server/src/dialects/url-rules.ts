import { BlockList, isIP } from 'node:net'
import type { ErrorCode } from '@paddock/contract/errors'
import { excerpt, PaddockError } from '../base/errors.ts'

/**
 * Which addresses callers may make a model fetch. A provider of one's own stands in one's own network, so an address that
 * means something else inside is refused however it is spelled. No name is looked up: what it resolves to there and
 * then is the fetcher's to check.
 */

/** Why something a caller sent is refused; whoever knows where it stood throws it with that place. */
export type Fault = { readonly code: ErrorCode; readonly message: string }

/** The private addresses and names that are allowed all the same. */
export type UrlRules = { readonly addresses: BlockList; readonly hosts: ReadonlySet<string> }

const URL_LENGTH_MAX = 8_192

/** Not global unicast: the IANA special-purpose registries (RFC 6890 and later), and what clouds put their secrets behind. */
const FORBIDDEN_NETWORKS = networks([
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '168.63.129.16/32',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
  '2001::/23',
  '2001:db8::/32',
  '2002::/16',
  '3fff::/20',
])

/** All of IPv6 that is routed between strangers lies in here. */
const GLOBAL_UNICAST = networks(['2000::/3'])

/** IPv6 addresses that lead to the IPv4 address in their last 32 bits: mapped ones, and those of NAT64 (RFC 6052). */
const IPV4_INSIDE = networks(['::ffff:0:0/96', '64:ff9b::/96'])

/** Names of one's own machine and network: RFC 6761, 6762, 8375, 9476, and habit. */
const FORBIDDEN_SUFFIXES =
  'localhost localdomain local internal intranet private corp home lan home.arpa svc ' +
  'test invalid example alt onion'
const FORBIDDEN_ENDINGS = FORBIDDEN_SUFFIXES.split(' ').map((suffix) => `.${suffix}`)

const FORBIDDEN: Fault = {
  code: 'url_forbidden',
  message:
    'This address is not reachable from here by policy. Use a public https address, or send the data itself as a data: URI.',
}

/** Reads an operator's exceptions: networks such as 10.1.0.0/16, single addresses, and whole host names. Throws config_invalid. */
export function readUrlRules(allow: readonly string[]): UrlRules {
  const isNetwork = (entry: string): boolean => isIP(entry.split('/')[0] ?? '') !== 0
  return {
    addresses: networks(allow.filter(isNetwork)),
    hosts: new Set(allow.filter((entry) => !isNetwork(entry)).map((entry) => entry.toLowerCase())),
  }
}

/** Null when the address is an absolute http or https URL of a public host. */
export function urlFault(text: string, rules: UrlRules): Fault | null {
  if (text.length > URL_LENGTH_MAX) {
    return {
      code: 'too_long',
      message: `An address may have ${URL_LENGTH_MAX} characters; this one has ${text.length}.`,
    }
  }
  const url = URL.canParse(text) ? new URL(text) : null
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:')) {
    return {
      code: 'url_scheme',
      message:
        'An address must be a whole http or https URL, such as https://example.com/cat.png, or a data: URI of an image.',
    }
  }
  if (url.username !== '' || url.password !== '') {
    return {
      code: 'url_credentials',
      message: 'An address may not carry a user name or a password. Use a signed URL, or send the data itself.',
    }
  }
  return isAllowed(url.hostname, rules) ? null : FORBIDDEN
}

/** `hostname` is as `new URL` leaves it: in small letters and ASCII, with every spelling of an IPv4 address as four numbers. */
function isAllowed(hostname: string, rules: UrlRules): boolean {
  const host = bareHost(hostname)
  const version = isIP(host)
  if (version === 0) return rules.hosts.has(host) || isPublicName(host)
  const family = version === 4 ? 'ipv4' : 'ipv6'
  return rules.addresses.check(host, family) || isPublicAddress(host, family)
}

/** Without the brackets of IPv6, and without the points at the end that make a name absolute. */
function bareHost(hostname: string): string {
  if (hostname.startsWith('[')) return hostname.slice(1, -1)
  let end = hostname.length
  while (hostname[end - 1] === '.') end -= 1
  return hostname.slice(0, end)
}

/** A name without a point is searched for in one's own domain. */
function isPublicName(host: string): boolean {
  return host.includes('.') && !FORBIDDEN_ENDINGS.some((ending) => host.endsWith(ending))
}

function isPublicAddress(address: string, family: 'ipv4' | 'ipv6'): boolean {
  if (family === 'ipv4') return !FORBIDDEN_NETWORKS.check(address, family)
  if (IPV4_INSIDE.check(address, family)) return isPublicAddress(lastFourBytes(address), 'ipv4')
  return GLOBAL_UNICAST.check(address, family) && !FORBIDDEN_NETWORKS.check(address, family)
}

/** Of an IPv6 address as `new URL` writes it: groups in hexadecimal, and "::" for two groups of zeros or more. */
function lastFourBytes(address: string): string {
  const [head = '', tail] = address.split('::')
  const groups = tail === undefined ? head.split(':') : ['0', '0', ...tail.split(':').filter((group) => group !== '')]
  return groups.slice(-2).flatMap(twoBytes).join('.')
}

function twoBytes(group: string): number[] {
  const value = Number.parseInt(group, 16)
  return [value >> 8, value & 0xff]
}

function networks(entries: readonly string[]): BlockList {
  const list = new BlockList()
  for (const entry of entries) {
    const [address = '', length] = entry.split('/')
    const family = isIP(address) === 4 ? 'ipv4' : 'ipv6'
    if (length !== undefined && !(/^\d+$/.test(length) && Number(length) <= (family === 'ipv4' ? 32 : 128))) {
      throw new PaddockError('config_invalid', {
        message: `"${excerpt(entry)}" is not a network. Write one as 10.1.0.0/16 or fd00::/8.`,
      })
    }
    if (length === undefined) list.addAddress(address, family)
    else list.addSubnet(address, Number(length), family)
  }
  return list
}
