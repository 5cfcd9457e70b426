import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ALWAYS, type Calendar } from '#lib/catalogue/calendar.ts';
import type { OfferFacts } from '#lib/catalogue/listing.ts';
import { chooseGpus, type OfferedGpu } from './free-gpus.ts';

const NOW = new Date('2026-11-23T12:00:00Z');
const later = (minutes: number) => new Date(NOW.getTime() + minutes * 60_000);
const facts = (gpuCount: number): OfferFacts => ({
  state: 'published',
  hostId: 'usr_host',
  hostSuspendedAt: null,
  minGpus: 1,
  endsAt: null,
  approvedAt: NOW,
  suspendedAt: null,
  selfTestPassed: true,
  approvalNeeded: false,
  machine: { retiredAt: null, identityCopiedAt: null, lastSyncAt: NOW, hasDocker: true, gpuCount },
});
const calendar: Calendar = ALWAYS;
const wanted = {
  renterId: 'usr_renter',
  gpuCount: 1,
  durationSeconds: null,
  again: true,
  blocked: false,
  noticeSeconds: 120,
};
const gpu = (id: string, takenUntil: Date | null, nextTakenAt: Date | null = null): OfferedGpu => ({
  id,
  takenUntil,
  nextTakenAt,
});

describe('choosing GPUs of an offer', () => {
  it('takes those that stay free longest, and ends where the first of them is taken', () => {
    const gpus = [gpu('a', null, later(60)), gpu('b', null), gpu('c', null, later(90))];
    const two = chooseGpus({ facts: facts(3), gpus, calendar }, { ...wanted, gpuCount: 2 }, NOW);
    expect(two).toMatchObject({ whyNot: null, endsAt: later(90), gpus: [{ id: 'b' }, { id: 'c' }] });
  });

  it('ends where the host closes, and takes nothing while the host is closed', () => {
    // Noon UTC; open from 10:00 to 14:00 and from 15:00.
    const hours = (fromMinute: number, toMinute: number) => ({ days: [1 as const], fromMinute, toMinute });
    const day: Calendar = { ...ALWAYS, hours: [hours(600, 840), hours(900, 1_440)], leastSeconds: 3_600 };
    const gpus = [gpu('a', null), gpu('b', null, later(30))];
    const fresh = { ...wanted, again: false };
    expect(chooseGpus({ facts: facts(2), gpus, calendar: day }, fresh, NOW)).toMatchObject({
      whyNot: null,
      endsAt: later(120),
      closesAt: later(120),
    });
    const answering = (now: Date) => ({ ...facts(2), machine: { ...facts(2).machine, lastSyncAt: now } });
    expect(chooseGpus({ facts: answering(later(130)), gpus, calendar: day }, fresh, later(130))).toMatchObject({
      whyNot: { reason: 'hostClosed' },
      freeAt: later(180),
    });
    // 40 minutes before closing an hour does not fit any more, for a new rental; one that is started again may use what is left.
    expect(
      chooseGpus({ facts: answering(later(80)), gpus, calendar: day }, fresh, later(80)).whyNot?.sentence,
    ).toContain(`It is free until ${later(120).toISOString().slice(0, 10)}`);
    expect(chooseGpus({ facts: answering(later(80)), gpus, calendar: day }, wanted, later(80))).toMatchObject({
      whyNot: null,
      endsAt: later(120),
    });
  });

  it('says of a new booking to pick another offer, of one started again that its disk is kept', () => {
    const offer = { facts: facts(2), gpus: [gpu('a', later(10)), gpu('b', null)], calendar };
    const again = chooseGpus(offer, { ...wanted, gpuCount: 2 }, NOW);
    expect(again).toMatchObject({ freeAt: later(10), freeGpus: 1 });
    expect(again.whyNot?.sentence).toMatch(
      /^It needs 2 GPUs, and only 1 of its machine is free now\. Its disk is kept/,
    );
    const fresh = chooseGpus(offer, { ...wanted, gpuCount: 2, again: false }, NOW);
    expect(fresh.whyNot?.sentence).toContain('nearest offers');
  });

  it('gives free GPUs only, as many as are wanted; or an instant at which there are as many', () => {
    const instant = fc.option(fc.integer({ min: 1, max: 10_000 }).map(later));
    const some = fc.array(fc.tuple(instant, instant), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(some, fc.integer({ min: 1, max: 8 }), (spans, gpuCount) => {
        const gpus = spans.map(([until, next], index) => gpu(`g${index}`, until, next));
        const chosen = chooseGpus({ facts: facts(gpus.length), gpus, calendar }, { ...wanted, gpuCount }, NOW);
        const freeBy = (at: Date) => gpus.filter(({ takenUntil }) => takenUntil === null || takenUntil <= at).length;
        if (chosen.whyNot === null) {
          expect(new Set(chosen.gpus).size).toBe(gpuCount);
          expect(chosen.gpus.every(({ takenUntil }) => takenUntil === null)).toBe(true);
          return;
        }
        if (gpuCount > gpus.length) expect(chosen.freeAt).toBeNull();
        else {
          const at = chosen.freeAt ?? NOW;
          expect(freeBy(at)).toBeGreaterThanOrEqual(gpuCount);
          expect(freeBy(new Date(at.getTime() - 1))).toBeLessThan(gpuCount);
        }
      }),
    );
  });
});
