import { readdirSync } from 'node:fs';
import { expect, it } from 'vitest';
import { placesOf } from './places.ts';

/** Pages that are come to by a link that carries something, or that are a step of another page. */
const BY_LINK = new Set([
  '/',
  '/account/prove',
  '/bookings/several',
  '/confirm',
  '/design',
  '/forgot',
  '/gpus/compare',
  '/jobs/several',
  '/jump',
  '/mail',
  '/reset',
  '/searches/new',
  '/sign-in',
  '/sign-in/code',
  '/sign-up',
  '/unsubscribe',
]);

function pagesWithoutAnId(): string[] {
  return readdirSync('app', { recursive: true, encoding: 'utf8' })
    .filter((path) => /(^|\/)page\.tsx$/.test(path) && !path.includes('['))
    .map((path) => path.split('/').slice(0, -1))
    .map((parts) => `/${parts.filter((part) => !/^\(.*\)$/.test(part)).join('/')}`);
}

it('offers staff every page that has an address of its own, and nothing else', () => {
  const offered = placesOf({ role: 'admin' }).flatMap(({ places }) => places.map(({ href }) => href));
  expect(offered.toSorted()).toEqual(
    pagesWithoutAnId()
      .filter((path) => !BY_LINK.has(path))
      .toSorted(),
  );
});

it('offers a member no page of staff, and a guest only what needs no account', () => {
  const hrefs = (viewer: { role: 'member' } | null) =>
    placesOf(viewer).flatMap(({ places }) => places.map(({ href }) => href));
  expect(hrefs({ role: 'member' }).filter((href) => href.startsWith('/admin'))).toEqual([]);
  expect(hrefs(null).filter((href) => /^\/(bookings|jobs|wallet|host|account|admin)/.test(href))).toEqual([]);
});
