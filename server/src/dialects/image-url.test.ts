import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { base64DecodedLength, base64Problem, decodeBase64 } from './base64.ts'
import { readImageHeader } from './image-size.ts'
import { imageUrlFault } from './image-url.ts'
import { readUrlRules } from './url-rules.ts'

const LIMITS = { imageBytesMax: 1_000, imagePixelsMax: 50_000_000, urls: readUrlRules([]) }

function png(width: number, height: number): Buffer {
  const header = Buffer.alloc(33)
  header.write('\x89PNG\r\n\x1a\n', 'latin1')
  header.writeUInt32BE(13, 8)
  header.write('IHDR', 12)
  header.writeUInt32BE(width, 16)
  header.writeUInt32BE(height, 20)
  return header
}

function gif(width: number, height: number): Buffer {
  const header = Buffer.from('GIF89a\0\0\0\0\0\0\0', 'latin1')
  header.writeUInt16LE(width, 6)
  header.writeUInt16LE(height, 8)
  return header
}

function jpeg(width: number, height: number, before: readonly Buffer[] = []): Buffer {
  const frame = Buffer.from([0xff, 0xc2, 0, 17, 8, height >> 8, height & 0xff, width >> 8, width & 0xff, 3])
  return Buffer.concat([Buffer.from([0xff, 0xd8]), ...before, frame])
}

function segment(marker: number, length: number): Buffer {
  return Buffer.concat([Buffer.from([0xff, marker, length >> 8, length & 0xff]), Buffer.alloc(length - 2, 0xff)])
}

function webp(chunk: string, body: readonly number[]): Buffer {
  return Buffer.concat([Buffer.from(`RIFF\0\0\0\0WEBP${chunk}\0\0\0\0`, 'latin1'), Buffer.from(body), Buffer.alloc(20)])
}

const uri = (type: string, bytes: Buffer): string => `data:${type};base64,${bytes.toString('base64')}`
const faultOf = (text: string): string | undefined => imageUrlFault(Buffer.from(text), LIMITS)?.code

describe('the size of an image', () => {
  it.each<[what: string, bytes: Buffer, type: string, width: number, height: number]>([
    ['PNG', png(640, 480), 'image/png', 640, 480],
    ['PNG bomb', png(60_000, 60_000), 'image/png', 60_000, 60_000],
    ['GIF', gif(320, 200), 'image/gif', 320, 200],
    ['JPEG', jpeg(1_024, 768), 'image/jpeg', 1_024, 768],
    [
      'JPEG with long segments',
      jpeg(4_000, 3_000, [segment(0xe1, 65_535), segment(0xe2, 40_000), segment(0xc4, 500)]),
      'image/jpeg',
      4_000,
      3_000,
    ],
    ['JPEG with fill bytes', jpeg(10, 20, [Buffer.from([0xff, 0xff, 0xff]), segment(0xe0, 16)]), 'image/jpeg', 10, 20],
    ['WebP lossy', webp('VP8 ', [0, 0, 0, 0x9d, 0x01, 0x2a, 0x20, 0x43, 0x58, 0xc2]), 'image/webp', 800, 600],
    ['WebP lossless', webp('VP8L', [0x2f, 0x1f, 0xc3, 0x95, 0x00]), 'image/webp', 800, 600],
    ['WebP extended', webp('VP8X', [0, 0, 0, 0, 0x1f, 0x03, 0x00, 0x57, 0x02, 0x00]), 'image/webp', 800, 600],
  ])('%s', (_, bytes, type, width, height) => {
    expect(readImageHeader((offset, length) => bytes.subarray(offset, offset + length))).toEqual({
      type,
      width,
      height,
    })
  })

  it.each<[what: string, bytes: Buffer]>([
    ['nothing', Buffer.alloc(0)],
    ['SVG', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>')],
    ['a PNG cut short', png(640, 480).subarray(0, 20)],
    ['a PNG without width', png(0, 480)],
    ['a JPEG that is data at once', Buffer.concat([Buffer.from([0xff, 0xd8]), segment(0xda, 100)])],
    [
      'a JPEG of nothing but segments',
      jpeg(
        1,
        1,
        Array.from({ length: 1_100 }, () => segment(0xe0, 4)),
      ),
    ],
    ['a WebP of another kind', webp('ICCP', [])],
    ['BMP', Buffer.from('BM\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0', 'latin1')],
  ])('of %s is not known', (_, bytes) => {
    expect(readImageHeader((offset, length) => bytes.subarray(offset, offset + length))).toBeNull()
  })
})

describe('images in requests', () => {
  const text = png(8, 8).toString('base64')

  it.each<[text: string]>([
    [uri('image/png', png(8, 8))],
    [uri('IMAGE/PNG', png(8, 8))],
    [`DATA:image/png;base64,${text}`],
    [`data:image/png;charset=utf-8;base64,${text}`],
    [uri('image/jpeg', jpeg(9, 9))],
    [uri('image/jpg', jpeg(9, 9))],
    [uri('image/gif', gif(9, 9))],
    [uri('image/webp', webp('VP8L', [0x2f, 0x1f, 0xc3, 0x95, 0x00]))],
    [uri('image/png', png(50_000, 1_000))],
    ['https://example.com/cat.png'],
  ])('%s is taken', (each) => {
    expect(imageUrlFault(Buffer.from(each), LIMITS)).toBeNull()
  })

  it.each<[text: string, code: string]>([
    [uri('image/png', png(50_001, 1_000)), 'image_too_large'],
    [uri('image/png', png(60_000, 60_000)), 'image_too_large'],
    [uri('image/png', png(0xffffffff, 0xffffffff)), 'image_too_large'],
    [uri('image/jpeg', png(8, 8)), 'image_type'],
    [uri('image/png', Buffer.from('<svg/>')), 'image_type'],
    [uri('image/svg+xml', Buffer.from('<svg/>')), 'image_type'],
    [uri('image/bmp', Buffer.from('BM')), 'image_type'],
    [uri('text/html', Buffer.from('<b>')), 'url_scheme'],
    ['data:,hello', 'url_scheme'],
    ['data:', 'url_scheme'],
    ['data:image/png;base64', 'url_scheme'],
    [`data:image/png,${text}`, 'base64_invalid'],
    ['data:image/png;base64,', 'base64_invalid'],
    ['data:image/png;base64,A===', 'base64_invalid'],
    [`data:image/png;base64,${text.slice(0, -1)}`, 'base64_invalid'],
    [`data:image/png;base64,${text.slice(0, 8)}!${text.slice(9)}`, 'base64_invalid'],
    [`data:image/png;base64,${text.slice(0, 8)}\n${text.slice(8)}`, 'base64_invalid'],
    [`data:image/png;base64,${text.replaceAll('A', '_')}`, 'base64_invalid'],
    [uri('image/png', Buffer.concat([png(8, 8), Buffer.alloc(1_000)])), 'body_too_large'],
    ['http://169.254.169.254/latest', 'url_forbidden'],
    [' data:image/png;base64,AAAA', 'url_scheme'],
  ])('%s is %s', (each, code) => {
    expect(faultOf(each)).toBe(code)
  })

  it('says what is wrong, the limit and the mending', () => {
    const messageOf = (each: string): string | undefined => imageUrlFault(Buffer.from(each), LIMITS)?.message
    expect(messageOf(uri('image/png', png(60_000, 60_000)))).toBe(
      'An image may have 50000000 pixels; this one has 60000 × 60000. Send it smaller.',
    )
    expect(messageOf(uri('image/jpeg', png(8, 8)))).toBe(
      'The data: URI says image/jpeg, and holds image/png. Name the type it has.',
    )
    expect(messageOf('data:image/png;base64,AA!A')).toContain('offset 2')
  })
})

describe('base64', () => {
  it('is read in pieces as the whole is', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 60 }), fc.nat(70), fc.nat(20), (data, offset, length) => {
        const bytes = Buffer.from(data)
        const text = Buffer.from(bytes.toString('base64'))
        expect(base64Problem(text)).toBeNull()
        expect(base64DecodedLength(text)).toBe(bytes.length)
        expect(decodeBase64(text, offset, length)).toEqual(bytes.subarray(offset, offset + length))
      }),
    )
  })

  it('is refused when a byte of it is another', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 3, maxLength: 30 }),
        fc.nat(100),
        fc.constantFrom('-', '_', ' ', '\n', '=', '!', '\u0000', 'é'),
        (data, at, wrong) => {
          const text = Buffer.from(data.subarray(0, data.length - (data.length % 3))).toString('base64')
          const index = at % (text.length - 2)
          expect(base64Problem(Buffer.from(text.slice(0, index) + wrong + text.slice(index + 1)))).not.toBeNull()
        },
      ),
    )
  })
})
