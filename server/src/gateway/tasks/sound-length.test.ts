import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { soundLength } from './sound-length.ts'

/** A WAV file of so many bytes of sound, after chunks that nobody asked for. */
function wav(bytesPerSecond: number, sound: number, announced = sound): Buffer {
  const chunk = (name: string, body: Buffer, length = body.length): Buffer => {
    const head = Buffer.alloc(8)
    head.write(name, 'latin1')
    head.writeUInt32LE(length, 4)
    return Buffer.concat([head, body, Buffer.alloc(body.length % 2)])
  }
  const format = Buffer.alloc(16)
  format.writeUInt32LE(bytesPerSecond, 8)
  const riff = Buffer.concat([Buffer.from('RIFF'), Buffer.alloc(4), Buffer.from('WAVE')])
  return Buffer.concat([
    riff,
    chunk('LIST', Buffer.from('odd')),
    chunk('fmt ', format),
    chunk('data', Buffer.alloc(sound), announced),
  ])
}

describe('the length of a recording', () => {
  it('is what the head of a WAV file says, and no more than is there', () => {
    expect(soundLength(wav(8_000, 80_000))).toMatchObject({ seconds: 10, source: 'counted' })
    expect(soundLength(wav(8_000, 80_001))).toMatchObject({ seconds: 11 })
    expect(soundLength(wav(8_000, 80_000, 0xffffffff))).toMatchObject({ seconds: 10 })
  })

  it('is an estimate by size for anything else', () => {
    expect(soundLength(Buffer.from('ID3'.repeat(4_000)))).toMatchObject({ seconds: 3, source: 'estimated' })
    expect(soundLength(wav(0, 8_000))).toMatchObject({ source: 'estimated' })
  })

  it('is a whole number of seconds, whatever the file holds', () => {
    const files = fc.oneof(
      fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
      fc.tuple(fc.nat(300), fc.nat(255)).map(([at, byte]) => {
        const file = wav(8_000, 100)
        if (at < file.length) file[at] = byte
        return file
      }),
    )
    fc.assert(
      fc.property(files, (file) => {
        const { seconds } = soundLength(file)
        expect(Number.isSafeInteger(seconds) && seconds >= 0).toBe(true)
      }),
    )
  })
})
