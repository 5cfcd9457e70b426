import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Page, test } from '@playwright/test';
import { apiFor, freeOffer } from '../e2e/api.ts';
import { LOOKED_AT, pathsOf } from '../e2e/pages.ts';
import { demoPerson, signIn } from '../e2e/people.ts';
import { scene } from '../e2e/scene.ts';

const FOLDER = 'shots';
const SIZES = { wide: { width: 1280, height: 900 }, phone: { width: 320, height: 720 } } as const;
const THEMES = ['light', 'dark'] as const;

/** What was photographed, in the order of the pages: the rows of the sheet. */
const taken: { readonly who: string; readonly path: string; readonly file: string }[] = [];

test.describe.configure({ mode: 'serial', timeout: 1_800_000 });

test.beforeAll(() => {
  rmSync(FOLDER, { recursive: true, force: true });
});

/** Only what is asked for, where the environment names a part of a path: SHOTS=/gpus. */
const wanted = (path: string) => path.includes(process.env.SHOTS ?? '');

async function photographs(page: Page, who: string, paths: readonly string[], ids: Record<string, string>) {
  mkdirSync(join(FOLDER, who), { recursive: true });
  for (const named of paths.filter(wanted)) {
    const [path = named] = pathsOf([named], ids);
    // Named by the place of the id: a new run gives the same names.
    const file = join(who, named.replace(/[^\w]+/g, '-').replace(/^-$|^-|-$/g, '') || 'front');
    taken.push({ who, path: named, file });
    await page.setViewportSize(SIZES.wide);
    await page.goto(path);
    for (const theme of THEMES) {
      await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
      for (const [size, viewport] of Object.entries(SIZES)) {
        await page.setViewportSize(viewport);
        await page.screenshot({ path: join(FOLDER, `${file}.${size}-${theme}.png`), fullPage: true, scale: 'css' });
      }
    }
  }
}

test('a guest', async ({ page, baseURL }) => {
  const { listingId } = await freeOffer(await apiFor(baseURL), 'looks');
  await photographs(page, 'guest', LOOKED_AT.guest, { listing: listingId });
});

test('a renter, and staff beside them', async ({ page, baseURL }) => {
  const { renter, ...ids } = await scene(baseURL, 'looks');
  await signIn(page, renter);
  await photographs(page, 'renter', LOOKED_AT.renter, ids);
  await page.context().clearCookies();
  await signIn(page, demoPerson('admin'));
  await photographs(page, 'admin', LOOKED_AT.admin, ids);
});

test('a host, with a rental on a machine of theirs', async ({ page, baseURL }) => {
  const { renter: _, ...ids } = await scene(baseURL, 'host');
  await signIn(page, demoPerson('host'));
  await photographs(page, 'host', [...LOOKED_AT.host, ...LOOKED_AT.hostMoney], ids);
});

test.afterAll(() => {
  const text = (value: string) => value.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/"/g, '&quot;');
  const rows = taken.map(({ who, path, file }) => {
    const pictures = Object.keys(SIZES).flatMap((size) =>
      THEMES.map((theme) => `<img loading="lazy" alt="${size}, ${theme}" src="${text(file)}.${size}-${theme}.png">`),
    );
    return `<section><h2>${text(who)}: ${text(path)}</h2><div>${pictures.join('')}</div></section>`;
  });
  const style = 'body{font:14px sans-serif;margin:2rem}div{display:flex;gap:1rem;align-items:start}img{max-width:24%}';
  writeFileSync(
    join(FOLDER, 'index.html'),
    `<!doctype html><title>Shots</title><style>${style}</style>${rows.join('')}`,
  );
});
