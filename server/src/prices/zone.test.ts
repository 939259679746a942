import { describe, expect, it } from 'vitest'
import { readDay, readInstant } from './instant.ts'
import { DAY_MS, floorTo, isZone, offsetMs, startOfDay } from './zone.ts'

/** What the clocks of a zone show, as Intl knows it. */
function clockOf(zone: string): (at: number) => string {
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'medium' })
  return (at) => format.format(at)
}

function local(zone: string, at: number): string {
  return new Date(at + offsetMs(zone, at)).toISOString().slice(0, 19).replace('T', ' ')
}

describe('zones', () => {
  it.each(['UTC', 'Asia/Shanghai'])('[P13] %s has kept its offset since 1992, as Intl knows it', (zone) => {
    const shown = clockOf(zone)
    for (let at = Date.UTC(1992, 0, 1); at < Date.UTC(2035, 0, 1); at += 5 * DAY_MS + 7_200_000) {
      expect(local(zone, at)).toBe(shown(at))
    }
  })

  it.each(['America/New_York', 'Europe/Berlin', 'Asia/Kolkata', 'Australia/Lord_Howe', 'Pacific/Apia'])(
    '[P13] %s keeps its clock through every change',
    (zone) => {
      const shown = clockOf(zone)
      for (let at = Date.UTC(2011, 0, 1); at < Date.UTC(2013, 0, 1); at += 45 * 60_000) {
        expect(local(zone, at)).toBe(shown(at))
      }
    },
  )

  it.each([
    ['UTC', '2024-05-21', '2024-05-21T00:00:00.000Z'],
    ['Asia/Shanghai', '2024-05-21', '2024-05-20T16:00:00.000Z'],
    ['America/New_York', '2024-03-10', '2024-03-10T05:00:00.000Z'],
    ['America/New_York', '2024-03-11', '2024-03-11T04:00:00.000Z'],
    ['America/New_York', '2024-11-04', '2024-11-04T05:00:00.000Z'],
    ['America/Sao_Paulo', '2018-11-04', '2018-11-04T03:00:00.000Z'],
    ['America/Sao_Paulo', '2018-02-18', '2018-02-18T03:00:00.000Z'],
    ['Pacific/Auckland', '2024-04-07', '2024-04-06T11:00:00.000Z'],
  ])('[P2] in %s the day %s begins at %s', (zone, day, instant) => {
    expect(new Date(startOfDay(zone, readDay(day) ?? Number.NaN)).toISOString()).toBe(instant)
    expect(readInstant(day, zone)).toBe(Date.parse(instant))
  })

  it('[P13] knows a zone by its IANA name', () => {
    expect(['UTC', 'Asia/Tokyo', 'Beijing', ''].map(isZone)).toEqual([true, true, false, false])
  })

  it('[P13] rounds down also before 1970', () => {
    expect([floorTo(7, 5), floorTo(5, 5), floorTo(0, 5), floorTo(-1, 5), floorTo(-5, 5)]).toEqual([5, 5, 0, -5, -5])
  })
})

describe('instants', () => {
  it.each([
    ['2024-05-20T16:00:00Z', 1_716_220_800_000],
    ['2024-05-21T00:00+08:00', 1_716_220_800_000],
    ['2024-05-20T16:00:00.5Z', 1_716_220_800_500],
    ['2024-02-29', 1_709_164_800_000],
    ['2023-02-29', null],
    ['2024-02-30T00:00Z', null],
    ['2024-05-20T24:30Z', null],
    ['2024-05-20T16:00:00', null],
    ['2024-05-20 16:00Z', null],
    ['2024-5-20', null],
    ['1716220800000', null],
    ['', null],
  ])('[P2] %s', (text, at) => {
    expect(readInstant(text, 'UTC')).toBe(at)
  })
})
