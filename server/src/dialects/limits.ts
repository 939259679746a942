import type { ImageLimits } from './image-url.ts'
import { readUrlRules } from './url-rules.ts'

/** What an operator may want to set otherwise. Everything else about the shape of a request is the dialect's own. */
export type RequestLimits = ImageLimits & {
  /** `max_tokens` and `max_completion_tokens`, where the model's own maximum is not known. */
  readonly outputTokensMax: number
  /** `n`: answers asked for at once, each of which costs what one costs. */
  readonly choicesMax: number
  readonly toolsMax: number
  /** Images of all messages together. */
  readonly imagesMax: number
  /** Named to a caller who names no model; at most ten of them. */
  readonly modelsOffered: readonly string[]
}

export const REQUEST_LIMITS: RequestLimits = {
  outputTokensMax: 1_048_576,
  choicesMax: 8,
  toolsMax: 256,
  imagesMax: 100,
  imageBytesMax: 20 * 1024 * 1024,
  imagePixelsMax: 50_000_000,
  urls: readUrlRules([]),
  modelsOffered: [],
}

/** All limits, those that are not given as they are meant to be. */
export function limitsWith(given: Partial<RequestLimits>): RequestLimits {
  // Asked for with every request, and named one by one because spreading takes ten times as long.
  return {
    outputTokensMax: given.outputTokensMax ?? REQUEST_LIMITS.outputTokensMax,
    choicesMax: given.choicesMax ?? REQUEST_LIMITS.choicesMax,
    toolsMax: given.toolsMax ?? REQUEST_LIMITS.toolsMax,
    imagesMax: given.imagesMax ?? REQUEST_LIMITS.imagesMax,
    imageBytesMax: given.imageBytesMax ?? REQUEST_LIMITS.imageBytesMax,
    imagePixelsMax: given.imagePixelsMax ?? REQUEST_LIMITS.imagePixelsMax,
    urls: given.urls ?? REQUEST_LIMITS.urls,
    modelsOffered: given.modelsOffered ?? REQUEST_LIMITS.modelsOffered,
  }
}
