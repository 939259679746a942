import { describe, expect, it } from 'vitest'
import { readUrlRules, urlFault } from './url-rules.ts'

const NONE = readUrlRules([])
const codeOf = (url: string, rules = NONE): string | undefined => urlFault(url, rules)?.code

/** One address a line: what it means inside, and the spellings of it. */
const FORBIDDEN = `
loopback:            http://127.0.0.1/ http://127.0.0.1:8080/x?y#z https://127.255.255.254/ http://127.1/ http://127.0.1/
loopback in numbers: http://2130706433/ http://0x7f000001/ http://0x7f.0.0.1/ http://0x7f.1/ http://0177.0.0.1/ http://017700000001/
loopback mixed:      http://0x7f.0.0.0x1/ http://0177.0x0.0.1/ http://127.0.0.1./ http://%31%32%37.0.0.1/ http://127%2e0%2e0%2e1/
loopback in Unicode: http://①②⑦.⓪.⓪.①/ http://１２７.０.０.１/ http://127。0。0。1/ http://127．0．0．1/ http://127｡0｡0｡1/
loopback in text:    http:127.0.0.1/ http:/127.0.0.1/ http:\\\\127.0.0.1/ http://127.0.0.1\\@example.com/ HTTP://127.0.0.1/
loopback IPv6:       http://[::1]/ http://[0:0:0:0:0:0:0:1]/ http://[0000::0001]:80/ http://[::127.0.0.1]/ http://[::7f00:1]/ http://[::8.8.8.8]/
mapped IPv4:         http://[::ffff:127.0.0.1]/ http://[::ffff:7f00:1]/ http://[0:0:0:0:0:ffff:7f00:1]/ http://[::ffff:a9fe:a9fe]/ http://[::FFFF:10.0.0.1]/
translated IPv4:     http://[::ffff:0:127.0.0.1]/ http://[::ffff:0:a00:1]/ http://[::ffff:0:808:808]/ http://[64:ff9b::127.0.0.1]/ http://[64:ff9b::a9fe:a9fe]/ http://[64:ff9b::1]/ http://[64:ff9b::]/
local NAT64:         http://[64:ff9b:1::1]/ http://[64:ff9b:1:fffe::808:808]/
6to4 and Teredo:     http://[2002:7f00:1::]/ http://[2002:a9fe:a9fe::1]/ http://[2002:808:808::1]/ http://[2001::1]/ http://[2001:0:4136:e378:8000:63bf:3fff:fdd2]/
localhost:           http://localhost/ http://LOCALHOST:4400/ http://localhost./ http://localhost../ http://a.localhost/ http://a.b.localhost./ http://localhost.localdomain/ http://ｌｏｃａｌｈｏｓｔ/
nothing:             http://0/ http://0.0.0.0/ http://0.1.2.3/ http://[::]/ http://00000/
link-local:          http://169.254.0.1/ http://169.254.255.255/ http://[fe80::1]/ http://[febf::1]/
clouds' secrets:     http://169.254.169.254/latest/meta-data/ http://2852039166/ http://0xa9fea9fe/ http://0251.0376.0251.0376/ http://[fd00:ec2::254]/ http://100.100.100.200/ http://168.63.129.16/ http://192.0.0.192/ http://metadata.google.internal/ http://metadata/
private:             http://10.0.0.1/ http://10.255.255.255/ http://172.16.0.1/ http://172.31.255.255/ http://192.168.0.1/ http://192.168.255.255/ http://3232235777/
private IPv6:        http://[fc00::1]/ http://[fdff:ffff::1]/ http://[fec0::1]/ http://[5f00::1]/ http://[100::1]/ http://[4000::1]/
shared and proxies:  http://100.64.0.1/ http://100.127.255.255/ http://198.18.0.1/ http://198.19.255.255/
documentation:       http://192.0.2.1/ http://198.51.100.7/ http://203.0.113.9/ http://[2001:db8::1]/ http://[3fff:fff::1]/ http://[2001:20::1]/
many at once:        http://224.0.0.1/ http://239.255.255.250/ http://255.255.255.255/ http://240.0.0.1/ http://[ff02::1]/ http://[ff0e::1]/
old relays:          http://192.88.99.1/ http://192.0.0.8/
names inside:        http://redis/ http://redis:6379/ http://intranet/ http://db.internal/ http://printer.local/ http://nas.lan/ http://wiki.corp/ http://a.home.arpa/ http://api.default.svc/ http://api.default.svc.cluster.local/ http://x.intranet./ http://a.onion/
`

const ALLOWED = `
names:     https://example.com/cat.png https://example.com./ https://EXAMPLE.com:8443/x http://images.example.co.uk/ https://bücher.example.com/ https://localhost.example.com/ https://internal.example.com/ https://mylocal.com/ https://a.b.c.d.example.org/
IPv4:      http://8.8.8.8/ http://1.1.1.1/ http://9.255.255.255/ http://11.0.0.0/ http://100.63.255.255/ http://100.128.0.0/ http://126.255.255.255/ http://128.0.0.1/ http://169.253.255.255/ http://169.255.0.0/ http://172.15.255.255/ http://172.32.0.0/ http://192.167.255.255/ http://192.169.0.0/ http://198.17.255.255/ http://198.20.0.0/ http://223.255.255.255/
IPv6:      http://[2606:4700::1111]/ http://[2001:4860:4860::8888]/ http://[2400:3200::1]/ http://[::ffff:8.8.8.8]/ http://[64:ff9b::808:808]/
`

const OTHER: readonly (readonly [code: string, urls: string])[] = [
  [
    'url_scheme',
    'file:///etc/passwd gopher://127.0.0.1:6379/_x ftp://example.com/a javascript:alert(1) data:text/plain,x blob:https://example.com/1 ws://example.com/',
  ],
  [
    'url_scheme',
    'example.com/cat.png //example.com/cat.png /cat.png cat http:// http://[::1 http://[fe80::1%25eth0]/ http://256.256.256.256/ http://1.2.3.4.5/ http://exa\u0000mple.com/ https://',
  ],
  [
    'url_credentials',
    'https://user:pass@example.com/ https://user@example.com/ https://:pass@example.com/ http://example.com@127.0.0.1/ http://127.0.0.1:80@example.com/',
  ],
  ['too_long', `https://example.com/${'a'.repeat(8_200)}`],
]

const listed = (table: string): string[] =>
  table
    .trim()
    .split('\n')
    .flatMap((line) =>
      line
        .slice(line.indexOf(':') + 1)
        .trim()
        .split(/ +/),
    )

describe('addresses', () => {
  it('are more than a hundred, and all that mean something inside are refused without saying why', () => {
    const addresses = listed(FORBIDDEN)
    expect(addresses.length).toBeGreaterThan(100)
    expect(addresses.filter((url) => codeOf(url) !== 'url_forbidden')).toEqual([])
    expect(new Set(addresses.map((url) => urlFault(url, NONE)?.message)).size).toBe(1)
  })

  it.each(listed(ALLOWED))('of the world are taken: %s', (url) => {
    expect(codeOf(url)).toBeUndefined()
  })

  it.each(OTHER.flatMap(([code, urls]) => urls.split(' ').map((url) => [code, url.slice(0, 80), url] as const)))(
    '%s: %s',
    (code, _, url) => {
      expect(codeOf(url)).toBe(code)
    },
  )
})

describe('exceptions', () => {
  const rules = readUrlRules(['10.1.0.0/16', '192.168.7.7', 'fd12::/16', 'Images.Corp', 'localhost'])

  it.each([
    'http://10.1.2.3/',
    'http://[::ffff:10.1.2.3]/',
    'http://192.168.7.7/',
    'http://[fd12::1]/',
    'http://images.corp/',
    'http://localhost.:80/',
  ])('allow %s', (url) => {
    expect(codeOf(url, rules)).toBeUndefined()
  })

  it.each([
    'http://10.2.0.1/',
    'http://192.168.7.8/',
    'http://[fd13::1]/',
    'http://a.images.corp/',
    'http://127.0.0.1/',
  ])('do not allow %s', (url) => {
    expect(codeOf(url, rules)).toBe('url_forbidden')
  })

  it('must be networks', () => {
    expect(() => readUrlRules(['10.0.0.0/33'])).toThrow('is not a network')
    for (const entry of ['10.0.0.0/x', '10.0.0.0/', '::/-1', 'fd00::/129'])
      expect(() => readUrlRules([entry])).toThrow('is not a network')
  })
})
