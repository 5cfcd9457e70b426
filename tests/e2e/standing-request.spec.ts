import { expect, test } from '@playwright/test';
import { apiFor, freeOffer } from './api.ts';
import { demoPerson, KEY, personMade, signIn } from './people.ts';

test('what a search does not find is asked for, answered by a host, and accepted', async ({
  page,
  browser,
  baseURL,
}) => {
  const renter = await personMade('Ada');
  const api = await apiFor(baseURL, renter);
  await api.post('/top-ups', { amountMicros: '50000000' });
  await api.post('/ssh-keys', { publicKey: KEY });
  const offer = await freeOffer(api, 'host');
  await signIn(page, renter);
  await page.goto(`/gpus?model=${encodeURIComponent(offer.gpuModel)}&price=0.01`);
  await page.getByRole('link', { name: 'Ask for it instead' }).click();
  await expect(page.getByLabel('GPU models')).toHaveValue(offer.gpuModel);
  await expect(page.getByLabel('At most')).toHaveValue('0.01');

  // What is missing is said at its field, and what was typed stays.
  const name = `asked ${Date.now()}`;
  await page.getByRole('textbox', { name: /^Name/ }).fill(name);
  await page.getByRole('radio', { name: 'Ask hosts' }).check();
  await page.getByRole('button', { name: 'Let it stand' }).click();
  await expect(page.getByText('Write for how many hours you need it, like 8 or 0.5.').first()).toBeVisible();
  await expect(page.getByRole('radio', { name: 'Ask hosts' })).toBeChecked();
  await page.getByLabel('For how long').fill('1');
  await page.getByRole('button', { name: 'See what fits now' }).last().click();
  await expect(page.getByText('costs more than the most you pay').first()).toBeVisible();
  await page.getByRole('button', { name: 'Let it stand' }).click();
  await expect(page).toHaveURL(/\/requests\/srq_/);
  await expect(page.getByRole('heading', { level: 1, name })).toBeVisible();
  await expect(page.getByRole('heading', { name: 'Why nothing has matched yet' })).toBeVisible();

  const theirs = await browser.newContext(baseURL === undefined ? {} : { baseURL });
  const host = await theirs.newPage();
  await signIn(host, demoPerson('host'));
  await host.goto('/host/requests');
  const row = host.getByRole('listitem').filter({ hasText: offer.machineName }).first();
  await row.getByLabel('Your price').fill('0.02');
  await row.getByRole('button', { name: 'Answer' }).click();
  await expect(row.getByText(/at most \$0\.01/).first()).toBeVisible();
  await row.getByLabel('Your price').fill('0.01');
  await row.getByRole('button', { name: 'Answer' }).click();
  await expect(row.getByText(/answered with/)).toBeVisible();
  await theirs.close();

  // The page of the renter learns of it by itself.
  await page.getByRole('button', { name: 'Accept…' }).click();
  await page.getByRole('button', { name: 'Accept and book' }).click();
  await expect(page).toHaveURL(/\/bookings\/bkg_/);
  await expect(page.getByRole('heading', { level: 1, name })).toBeVisible();
});
