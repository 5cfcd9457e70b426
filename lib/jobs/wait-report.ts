import * as z from 'zod';
import { type FitReport, MISFIT_LABELS, MISFITS } from '#lib/scheduler/fit.ts';

/**
 * Why jobs wait, as it is stored: how many machines could take one now, how many are needed at once, and how many others are
 * out for which reason. `hold` is set when it is money or the way in that is missing, not a machine.
 */
const stored = z.object({
  fitting: z.int(),
  needed: z.int(),
  misfits: z.array(z.object({ misfit: z.enum(MISFITS), machines: z.int() })),
  hold: z.string().nullable(),
});
export type WaitReport = z.infer<typeof stored>;

/** A report of the scheduler as it is stored: most frequent reason first, ties in the order of the reasons. */
export function waitReport(report: FitReport, needed: number, hold: string | null = null): WaitReport {
  const misfits = MISFITS.flatMap((misfit) => {
    const machines = report.misfits.get(misfit) ?? 0;
    return machines === 0 ? [] : [{ misfit, machines }];
  });
  return {
    fitting: report.fitting,
    needed,
    misfits: misfits.sort((a, b) => b.machines - a.machines),
    hold,
  };
}

export function readReport(json: unknown): WaitReport | null {
  return json === null || json === undefined ? null : stored.parse(json);
}

/** The first thing to know about a wait, in a sentence. */
export function waitSentence(report: WaitReport): string {
  if (report.hold !== null) return report.hold;
  const [first] = report.misfits;
  if (report.fitting > 0 && report.fitting < report.needed)
    return `It needs ${report.needed} machines at once; ${report.fitting} could take it now.`;
  if (report.fitting > 0) return 'A machine can take it now: it is placed in a moment.';
  if (first === undefined) return 'No machine is offered now.';
  const all = report.misfits.reduce((sum, { machines }) => sum + machines, 0);
  return `None of ${all} machine${all === 1 ? '' : 's'} can take it now. Mostly: ${MISFIT_LABELS[first.misfit]} (${first.machines}).`;
}
