import { describe, expect, it } from 'vitest';
import { SECOND } from '#lib/base/time.ts';
import { machineHealth, machineNameProblem, trustTier, whyNotRetire, whyNotStaffCheck } from './machine.ts';

const now = new Date('2026-11-23T12:00:00.000Z');
const ago = (seconds: number) => new Date(now.getTime() - seconds * SECOND);

describe('a machine', () => {
  it('is online while it answers, late after missed answers, offline after two minutes', () => {
    expect(machineHealth(ago(0), now)).toBe('online');
    expect(machineHealth(ago(18), now)).toBe('online');
    expect(machineHealth(ago(19), now)).toBe('late');
    expect(machineHealth(ago(119), now)).toBe('late');
    expect(machineHealth(ago(120), now)).toBe('offline');
    expect(machineHealth(null, now)).toBe('offline');
  });

  it('is online when its last answer lies ahead of a clock that differs', () => {
    expect(machineHealth(ago(-5), now)).toBe('online');
  });

  it('earns its tier and loses it with a failed self-test', () => {
    expect(trustTier({ selfTestPassed: false, staffCheckedAt: null })).toBe('new');
    expect(trustTier({ selfTestPassed: true, staffCheckedAt: null })).toBe('selfTested');
    expect(trustTier({ selfTestPassed: true, staffCheckedAt: now })).toBe('checkedByStaff');
    expect(trustTier({ selfTestPassed: false, staffCheckedAt: now })).toBe('new');
  });

  it('may be called anything that a person can read', () => {
    for (const name of ['<script>alert(1)</script>', '🦊🦊🦊', 'Рабочая станция', 'a'.repeat(80), '🦊'.repeat(80)])
      expect(machineNameProblem(name)).toBeNull();
    for (const name of ['', '   ', 'a'.repeat(300), 'two\nlines', 'bell\u0007'])
      expect(machineNameProblem(name)).not.toBeNull();
  });

  it('is retired once, and not from under a rental', () => {
    expect(whyNotRetire({ retiredAt: null, openBookings: 0 })).toBeNull();
    expect(whyNotRetire({ retiredAt: null, openBookings: 1 })?.reason).toBe('notNow');
    expect(whyNotRetire({ retiredAt: now, openBookings: 0 })?.reason).toBe('notNow');
  });

  it('is checked by staff after its self-test', () => {
    expect(whyNotStaffCheck({ retiredAt: null, selfTestPassed: true })).toBeNull();
    expect(whyNotStaffCheck({ retiredAt: null, selfTestPassed: false })?.reason).toBe('notNow');
    expect(whyNotStaffCheck({ retiredAt: now, selfTestPassed: true })?.reason).toBe('notNow');
  });
});
