/**
 * CRC-32C (Castagnoli, RFC 3720 appendix B.4): the checksum of every journal record. Eight tables take eight bytes a step,
 * about a gigabyte a second; the one-table form is slower than the disk.
 */
const POLYNOMIAL_REVERSED = 0x82f63b78
const TABLES = makeTables()

/** The checksum of `bytes` from `start` to `end`, as an unsigned 32-bit number. */
export function crc32c(bytes: Uint8Array, start: number, end: number): number {
  let crc = -1
  let at = start
  for (; at + 8 <= end; at += 8) {
    crc ^= byte(bytes, at) | (byte(bytes, at + 1) << 8) | (byte(bytes, at + 2) << 16) | (byte(bytes, at + 3) << 24)
    crc =
      table(7, crc & 255) ^
      table(6, (crc >>> 8) & 255) ^
      table(5, (crc >>> 16) & 255) ^
      table(4, crc >>> 24) ^
      table(3, byte(bytes, at + 4)) ^
      table(2, byte(bytes, at + 5)) ^
      table(1, byte(bytes, at + 6)) ^
      table(0, byte(bytes, at + 7))
  }
  for (; at < end; at++) crc = (crc >>> 8) ^ table(0, (crc ^ byte(bytes, at)) & 255)
  return (crc ^ -1) >>> 0
}

function byte(bytes: Uint8Array, at: number): number {
  return bytes[at] as number
}

function table(slice: number, index: number): number {
  return TABLES[slice * 256 + index] as number
}

function makeTables(): Int32Array {
  const tables = new Int32Array(8 * 256)
  for (let index = 0; index < 256; index++) {
    let crc = index
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ POLYNOMIAL_REVERSED : crc >>> 1
    tables[index] = crc
  }
  for (let index = 256; index < tables.length; index++) {
    const before = tables[index - 256] as number
    tables[index] = (before >>> 8) ^ (tables[before & 255] as number)
  }
  return tables
}
