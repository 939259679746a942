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
  return head.startsWith('data:') ? dataUriFault(head, text, limits) : urlFault(text.toString(), limits.urls)
}

function dataUriFault(head: string, text: Buffer, limits: ImageLimits): Fault | null {
  const comma = text.subarray(0, HEAD_LENGTH_MAX).indexOf(COMMA)
  const [type = '', ...parameters] = head.slice('data:'.length, Math.max(comma, 0)).split(';')
  const data = text.subarray(comma + 1)
  return (
    typeFault(type) ??
    (parameters.at(-1) === 'base64' ? base64Fault(data) : NOT_BASE64) ??
    sizeFault(base64DecodedLength(data), limits.imageBytesMax) ??
    imageFault(IMAGE_TYPES.get(type), data, limits.imagePixelsMax)
  )
}

const NOT_BASE64: Fault = {
  code: 'base64_invalid',
  message: 'Images in data: URIs must be base64: data:image/png;base64,…',
}

function typeFault(type: string): Fault | null {
  if (IMAGE_TYPES.has(type)) return null
  if (type.startsWith('image/'))
    return { code: 'image_type', message: `Images of this type are not taken. ${SUPPORTED}` }
  return { code: 'url_scheme', message: `A data: URI may only hold an image here. ${SUPPORTED}` }
}

function base64Fault(data: Buffer): Fault | null {
  const problem = base64Problem(data)
  return problem === null
    ? null
    : {
        code: 'base64_invalid',
        message: `The image is not valid base64: ${problem}. Encode the file again, without line breaks.`,
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
