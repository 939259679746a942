import { z } from 'zod'

/** A time zone by its IANA name. */
export const zone = z.string().refine(isZone, 'write a time zone by its IANA name, such as Asia/Shanghai')

function isZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}
