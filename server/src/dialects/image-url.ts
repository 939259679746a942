import { base64DecodedLength, base64Problem, decodeBase64 } from './base64.ts'
import { readImageHeader } from './image-size.ts'
import { urlFault, type Fault, type UrlRules } from './url-rules.ts'

/** Images in requests: a public address, or the image itself as a data: URI. */

export type ImageLimits = {
  readonly imageBytesMax: number
  /** Width times height. */
  readonly imagePixelsMax: number
  readonly urls: UrlRules
}

const IMAGE_TYPES: ReadonlyMap<string, string> = new Map([
  ['image/png', 'image/png'],
  ['image/jpeg', 'image/jpeg'],
  ['image/jpg', 'image/jpeg'],
  ['image/gif', 'image/gif'],
  ['image/webp', 'image/webp'],
])
const SUPPORTED = 'Send image/png, image/jpeg, image/gif or image/webp.'

/** A media type and its parameters are short; what is longer is no data: URI. */
const HEAD_LENGTH_MAX = 256
const COMMA = 0x2c

/** Why an image cannot be taken, or null. `text` is the address in UTF-8. */
export function imageUrlFault(text: Buffer, limits: ImageLimits): Fault | null {
  const head = text.toString('latin1', 0, HEAD_LENGTH_MAX).toLowerCase()
  return head.startsWith('data:') ? dataUriFault(text, limits) : urlFault(text.toString(), limits.urls)
}

function dataUriFault(text: Buffer, limits: ImageLimits): Fault | null {
  const { type, base64 } = readDataUri(text)
  const data = base64 ?? NOTHING
  return (
    typeFault(type) ??
    base64Fault(base64) ??
    sizeFault(base64DecodedLength(data), limits.imageBytesMax) ??
    imageFault(IMAGE_TYPES.get(type), data, limits.imagePixelsMax)
  )
}

const NOTHING = Buffer.alloc(0)

export type DataUri = {
  readonly type: string
  /** Null where the data is written in another way. */
  readonly base64: Buffer | null
}

/** Of a text that begins with "data:". */
export function readDataUri(text: Buffer): DataUri {
  const comma = text.subarray(0, HEAD_LENGTH_MAX).indexOf(COMMA)
  const head = text.toString('latin1', 'data:'.length, Math.max(comma, 0)).toLowerCase()
  const [type = '', ...parameters] = head.split(';')
  return { type, base64: parameters.at(-1) === 'base64' ? text.subarray(comma + 1) : null }
}

const NOT_BASE64: Fault = {
  code: 'base64_invalid',
  message: 'Data in data: URIs must be base64: data:image/png;base64,…',
}

function typeFault(type: string): Fault | null {
  if (IMAGE_TYPES.has(type)) return null
  if (type.startsWith('image/'))
    return { code: 'image_type', message: `Images of this type are not taken. ${SUPPORTED}` }
  return { code: 'url_scheme', message: `A data: URI may only hold an image here. ${SUPPORTED}` }
}

/** Of a file of any kind; null is data that is written in another way. */
export function base64Fault(data: Buffer | null): Fault | null {
  if (data === null) return NOT_BASE64
  const problem = base64Problem(data)
  return problem === null
    ? null
    : {
        code: 'base64_invalid',
        message: `The data is not valid base64: ${problem}. Encode the file again, without line breaks.`,
      }
}

function sizeFault(bytes: number, bytesMax: number): Fault | null {
  if (bytes <= bytesMax) return null
  return {
    code: 'body_too_large',
    message: `An image may have ${bytesMax} bytes; this one has ${bytes}. Send it smaller, or as an address.`,
  }
}

function imageFault(declared: string | undefined, data: Buffer, pixelsMax: number): Fault | null {
  const header = readImageHeader((offset, length) => decodeBase64(data, offset, length))
  if (header === null)
    return {
      code: 'image_type',
      message: `The data is no image of a known type, or only the beginning of one. ${SUPPORTED}`,
    }
  if (header.type !== declared) {
    return {
      code: 'image_type',
      message: `The data: URI says ${declared}, and holds ${header.type}. Name the type it has.`,
    }
  }
  const { width, height } = header
  if (width * height <= pixelsMax) return null
  return {
    code: 'image_too_large',
    message: `An image may have ${pixelsMax} pixels; this one has ${width} × ${height}. Send it smaller.`,
  }
}
