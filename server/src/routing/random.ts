import { randomInt } from 'node:crypto'

/** A number from 0 up to but without 1. Handed in, so that a test can say what chance will be. */
export type Random = () => number

const STEPS = 2 ** 32

export const systemRandom: Random = () => randomInt(STEPS) / STEPS
