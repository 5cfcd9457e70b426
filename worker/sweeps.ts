import { forgetHandshakes } from '#lib/agents/forget-handshakes.ts';
import { noteSilences } from '#lib/agents/note-silences.ts';
import { forgetExpired } from '#lib/auth/forget-expired.ts';
import type { World } from '#lib/base/time.ts';
import { settleOffers } from '#lib/catalogue/settle-offers.ts';
import { WORKER_BEAT_SECONDS } from '#lib/events/beat.ts';
import { beatWorker } from '#lib/events/beat-worker.ts';
import { deliverNotices } from '#lib/notices/deliver-notices.ts';
import { sendMail } from '#lib/notices/send-mail.errand.ts';

/** Work that looks at the database and tidies up. No input: safe at any time, by any number of workers. */
export type Sweep = {
  readonly name: string;
  readonly everySeconds: number;
  /** Resolves to how many rows it handled. */
  readonly handle: (world: World) => Promise<number>;
};

export const SWEEPS: readonly Sweep[] = [
  { name: 'beat-worker', everySeconds: WORKER_BEAT_SECONDS, handle: beatWorker },
  { name: 'deliver-notices', everySeconds: 2, handle: deliverNotices },
  { name: 'send-mail', everySeconds: 2, handle: sendMail },
  { name: 'note-silences', everySeconds: 15, handle: noteSilences },
  { name: 'settle-offers', everySeconds: 60, handle: settleOffers },
  { name: 'forget-handshakes', everySeconds: 300, handle: forgetHandshakes },
  { name: 'forget-expired', everySeconds: 600, handle: forgetExpired },
];
