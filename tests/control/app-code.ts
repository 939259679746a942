import { createHmac } from 'node:crypto'

/** The code of an app, worked out here anew from RFC 6238. */
export function appCode(secret: string, atMs: number): string {
  const bits = Array.from(secret)
    .map((char) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(char).toString(2).padStart(5, '0'))
    .join('')
  const bytes = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => parseInt(byte, 2)))
  const counter = Buffer.alloc(8)
  counter.writeBigInt64BE(BigInt(Math.floor(atMs / 30_000)))
  const digest = createHmac('sha1', bytes).update(counter).digest()
  return String((digest.readUInt32BE((digest[19] ?? 0) % 16) % 2 ** 31) % 1_000_000).padStart(6, '0')
}
