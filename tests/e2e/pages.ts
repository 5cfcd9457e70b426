import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/** What is looked at, and by whom. Words in braces are ids of a scene. */
export const LOOKED_AT = {
  guest: [
    '/',
    '/gpus',
    '/gpus?model=no-such-model',
    '/gpus?view=cards&sort=start&taken=1',
    '/gpus?view=map&taken=1',
    '/gpus?job=llama-3.1-8b_qlora_int4_2048_4_10_8_17.1&sort=cost&compare={listing}',
    '/gpus/compare',
    '/gpus/compare?offer={listing}&job=llama-3.1-8b_qlora_int4_2048_4_10_8_17.1',
    '/fit',
    '/fit?q=fine-tune+an+8B+model+on+20M+tokens',
    '/fit?model=own&params=900&work=full',
    '/gpus/{listing}',
    '/reliability',
    '/self-test',
    '/interruptible',
    '/interruptible?gpus=0&bid=x',
    '/log',
    '/sign-in',
    '/sign-up',
    '/forgot',
    '/reset?token=x',
    '/confirm?token=x',
    '/terms',
    '/mail',
    '/design',
    '/unsubscribe?token=x',
    '/sign-in/code',
    '/jump',
    '/nowhere',
  ],
  renter: [
    '/bookings',
    '/bookings?state=past',
    '/bookings?find=nothing-like-it&show=running',
    '/bookings/several?verb=end&id={running}&id={stopped}',
    '/bookings/calendar',
    '/bookings/calendar?view=month&zone=Europe/Berlin',
    '/bookings/{reserved}',
    '/gpus/{listing}/book?gpus=1&hours=4&starts={window}',
    '/bookings/{running}',
    '/bookings/{stopped}',
    '/bookings/{failed}',
    '/bookings/{ended}',
    '/bookings/{running}/metrics?metrics=1h',
    '/bookings/{running}/logs',
    '/bookings/{running}/events',
    '/bookings/{running}/billing',
    '/bookings/{running}/settings',
    '/bookings/{ended}/billing',
    '/disputes',
    '/messages',
    '/messages?show=unread',
    '/bookings/{running}/extend',
    '/bookings/{stopped}/extend',
    '/bookings/{running}/messages',
    '/bookings/{ended}/messages',
    '/bookings/{ended}/bill',
    '/bookings/{ended}/bill/0',
    '/jobs',
    '/jobs?state=past',
    '/jobs?find=nothing-like-it',
    '/jobs/several?id={array}',
    '/jobs/new',
    '/jobs/{job}',
    '/jobs/{array}',
    '/jobs/{array}/0',
    '/gpus/{listing}',
    '/gpus/{listing}/book?gpus=0&disk=x&hours=-1',
    '/requests',
    '/requests?state=past',
    '/requests/new?model=RTX 4090&price=0.30&country=DE',
    '/requests/{standing}',
    '/bids',
    '/bids?state=closed',
    '/bids/new',
    '/bids/new?listing=lst_none&model=none',
    '/searches',
    '/searches/new?model=RTX 4090&price=0.30',
    '/searches/{search}',
    '/wallet',
    '/wallet/top-ups/{topUp}',
    '/disputes/{dispute}',
    '/disputes/{dispute}/evidence/{evidence}',
    '/reviews',
    '/bookings/{ended}/review',
    '/gpus/{listing}/reviews',
    '/disputes?state=mine',
    '/wallet/movements',
    '/wallet/movements?view=each',
    '/wallet/movements?view=each&kind=feeRefund&month=2020-01',
    '/wallet/invoices',
    '/wallet/invoices?state=final',
    '/account',
    '/account/security',
    '/account/keys',
    '/account/tokens',
    '/account/prove',
    '/account/notices',
    '/account/appearance',
    '/account/shortcuts',
    '/account/data',
    '/notices',
    '/jump',
    '/sign-out',
    '/host',
  ],
  host: [
    '/host',
    '/host/new',
    '/host/new?machine={machine}',
    '/host/requests',
    '/host/machines/{machine}',
    '/host/machines/{machine}/health',
    '/host/machines/{machine}/health?metrics=24h',
    '/host/machines/{machine}/rentals',
    '/host/machines/{machine}/log',
    '/host/machines/{machine}/log?level=warn&text=no-such-text',
    '/host/machines/{machine}/settings',
    '/host/machines/{machine}/calendar',
    '/host/machines/{machine}/calendar?from=2036-01-01T10:00&to=2036-01-01T12:00',
    '/host/machines/{machine}/calendar?view=month',
    '/bookings/{running}/metrics',
    '/bookings/{running}/messages',
    '/messages',
  ],
  hostMoney: [
    '/host/earnings',
    '/host/earnings?span=all',
    '/host/earnings?from=2026-12&to=2026-01',
    '/host/payouts',
    '/wallet/movements?side=host',
  ],
  admin: [
    '/admin',
    '/admin/queues/machines',
    '/admin/queues/reports',
    '/admin/queues/disputes',
    '/admin/queues/payouts',
    '/admin/queues/sign-ups',
    '/admin/queues/payments',
    '/admin/queues/webhooks',
    '/admin/people',
    '/admin/people/{person}',
    '/admin/machines',
    '/admin/machines/{machine}',
    '/admin/bookings',
    '/admin/bookings/{running}',
    '/admin/audit',
    '/admin/audit?text=listing&people=on&from=2026-01-01',
    '/admin/health',
    '/admin/disputes',
    '/bookings/{ended}/messages',
    '/disputes/{dispute}',
    '/admin/books',
    '/admin/books/accounts',
    '/admin/books/transfers',
    '/admin/books/transfers/{transfer}',
    '/admin/payments',
    '/admin/reconciliation',
  ],
} as const;

/** Puts the ids of a scene into paths. */
export function pathsOf(paths: readonly string[], scene: Readonly<Record<string, string>>): string[] {
  return paths.map((path) =>
    path.replace(/\{(\w+)\}/g, (_, name: string) => {
      const id = scene[name];
      if (id === undefined) throw new Error(`the scene has no ${name}`);
      return id;
    }),
  );
}

/** Pages of the product that nobody looks at: their folders below `app`. */
export function unseenPages(): string[] {
  const seen = Object.values(LOOKED_AT)
    .flat()
    .map((path) => path.replace(/\?.*$/, '').split('/').filter(Boolean));
  return readdirSync('app', { recursive: true, encoding: 'utf8' })
    .filter((path) => /(^|\/)page\.tsx$/.test(path))
    .filter((path) => {
      const route = path
        .split('/')
        .slice(0, -1)
        .filter((part) => !/^\(.*\)$/.test(part));
      const fits = (words: string[]) =>
        words.length === route.length &&
        route.every((part, index) => (part.startsWith('[') ? !isFixed(words[index]) : part === words[index]));
      return !seen.some(fits);
    })
    .map((path) => join('app', path));
}

/** A word of an address that is part of the product, not an id. */
function isFixed(word: string | undefined): boolean {
  return word === undefined || /^[a-z-]+$/.test(word);
}
