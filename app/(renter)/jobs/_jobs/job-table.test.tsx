import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, it, vi } from 'vitest';
import { pack } from '#components/ui/packed.ts';
import type { JobRow } from '#lib/jobs/view.ts';
import { jobLine } from './job-line.ts';
import { JobTable } from './job-table.tsx';

vi.mock('next/navigation', () => ({ useRouter: () => ({ push: () => undefined }) }));

const NOW = new Date('2026-11-27T12:00:00Z');
const job = (index: number, change: Partial<JobRow> = {}): JobRow => ({
  id: `job_${index}`,
  arrayId: 'jar_1',
  index,
  desired: 'run',
  observed: 'waiting',
  outcome: null,
  reason: null,
  sentence: null,
  exitCode: null,
  attempts: 0,
  askedAt: NOW,
  observedAt: new Date(NOW.getTime() - 60_000),
  endedAt: null,
  notBefore: null,
  chargedMicros: 0n,
  actions: [],
  ...change,
});
const table = (...jobs: JobRow[]) =>
  renderToStaticMarkup(<JobTable arrayId="jar_1" lines={pack(jobs.map(jobLine))} now={NOW.toISOString()} />);

describe('the jobs of an array', () => {
  it('are said in a row each: how it stands, why, what it came to, and where it leads', () => {
    const failed = job(7, {
      observed: 'ended',
      outcome: 'failed',
      sentence: 'Its command did not end with exit code 0.',
      exitCode: 3,
      attempts: 2,
      chargedMicros: 12_345n,
    });
    const words = table(job(6), failed)
      .replaceAll(/<[^>]+>/g, ' ')
      .replaceAll(/\s+/g, ' ');
    expect(words).toMatch(/6 waiting — 0 \$0\.00 1 min ago/);
    expect(words).toMatch(/7 failed Its command did not end with exit code 0\. 3 2 \$0\.01 1 min ago/);
    expect(table(failed)).toContain('href="/jobs/jar_1/7"');
  });

  it('travel to the browser as words, and weigh less than half of what a row once did', () => {
    const jobs = Array.from({ length: 50 }, (_, index) => job(index));
    const lines = pack(jobs.map(jobLine));
    expect(lines.length / 50).toBeLessThan(150);
    expect(lines).not.toContain('className');
    const each = (table(...jobs).length - table().length) / 50;
    expect(each).toBeLessThan(800);
  });
});
