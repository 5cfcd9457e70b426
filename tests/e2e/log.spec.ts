import { readFile } from 'node:fs/promises';
import { expect, test } from '@playwright/test';
import { isAlive } from './alive.ts';
import { apiFor, bookByApi, freeOffer, isCharged, renterWithMoney } from './api.ts';
import { signIn } from './people.ts';

test('a renter countersigns while their page is open, and anybody checks the bill and a receipt in the browser', async ({
  page,
  baseURL,
}) => {
  test.setTimeout(240_000);
  const { person, api } = await renterWithMoney(baseURL, 'Watching');
  await signIn(page, person);
  const offer = await freeOffer(await apiFor(baseURL), 'log');
  // The browser makes its key on the booking page, before anything is booked.
  await page.goto(`/gpus/${offer.listingId}/book`);
  await expect.poll(async () => (await api.get<{ rows: unknown[] }>('/client-keys')).rows.length).toBe(1);
  const id = await bookByApi(api, offer, 'watched');
  await page.goto(`/bookings/${id}`);
  await expect(page.getByRole('heading', { name: 'Countersignature' })).toBeVisible();
  const said = page.getByRole('region', { name: 'Countersignature' });
  await expect(said.getByText(/Countersigned up to statement \d|so far/)).toBeVisible();
  await isCharged(api, id);
  await api.post(`/bookings/${id}/end`, {});
  await expect(page.getByRole('link', { name: 'Book again' })).toBeVisible({ timeout: 30_000 });
  await page.reload();
  await expect(said.getByText(/Countersigned up to statement \d/)).toBeVisible({ timeout: 30_000 });

  // The bill as a file and as an invoice, once all of it is in the log.
  type File = { final: boolean; statements: { index: number | null }[]; countersignature: unknown };
  const whole = async () => {
    const answer = await page.request.get(`/api/v1/bookings/${id}/receipts`);
    if (!answer.ok()) return false;
    const bill = (await answer.json()) as File;
    return bill.final && bill.countersignature !== null && bill.statements.every(({ index }) => index !== null);
  };
  await expect.poll(whole, { timeout: 60_000 }).toBe(true);
  await page.goto(`/bookings/${id}/bill`);
  await expect(page.getByText(/countersigned up to/)).toBeVisible();
  const pdf = await page.request.get(`/api/v1/bookings/${id}/bill.pdf`);
  expect(pdf.headers()['content-type']).toBe('application/pdf');
  expect((await pdf.body()).subarray(0, 5).toString()).toBe('%PDF-');
  const bill = await (await page.request.get(`/api/v1/bookings/${id}/receipts`)).text();
  const receipt = await (await page.request.get(`/api/v1/bookings/${id}/receipts/0`)).text();
  await page.context().clearCookies();

  // Anybody, signed in or not.
  await page.goto('/log');
  for (const stat of ['Entries', 'Head signed', 'Waiting', 'Witnesses', 'Refusals'])
    await expect(page.getByText(stat, { exact: true }).first()).toBeVisible();
  await isAlive(page.getByLabel(/A bill’s file/));
  const asFile = (text: string) => ({ name: 'bill.json', mimeType: 'application/json', buffer: Buffer.from(text) });
  await page.getByLabel(/A bill’s file/).setInputFiles(asFile(bill));
  await expect(page.getByText('The bill adds up', { exact: true })).toBeVisible();
  await page
    .getByLabel(/A bill’s file/)
    .setInputFiles(asFile(bill.replace('\\"state\\":\\"running\\"', '\\"state\\":\\"runninG\\"')));
  await expect(page.getByText('Wrong: statement 0')).toBeVisible();

  await page.getByLabel('Or its file').setInputFiles({ ...asFile(receipt), name: 'receipt.json' });
  await expect(page.getByLabel(/^A receipt, or a proof/)).toHaveValue(receipt);
  await page.getByRole('button', { name: 'Check' }).click();
  await expect(page.getByText(/It is in the log: entry \d+ of \d+/)).toBeVisible();
  await page.getByLabel(/^A receipt, or a proof/).fill(receipt.replace('running', 'runninG'));
  await page.getByRole('button', { name: 'Check' }).click();
  await expect(page.getByText(/^Wrong: the (statement|proof)/)).toBeVisible();

  // By place: the proof of the first entry, checked by itself.
  await page.getByLabel(/Digest .* or place/).fill('0');
  await page.getByRole('button', { name: 'Look up' }).click();
  await expect(page.getByText('Entry 0 is in the log')).toBeVisible();
  const shown = (name: string) => page.getByRole('region', { name, exact: true }).locator('pre');
  const [digest, proof] = [await shown('Digest').textContent(), await shown('Proof').textContent()];
  await page.getByLabel(/^A receipt, or a proof/).fill(proof ?? '');
  await page.getByLabel(/^Digest of its entry/).fill(digest ?? '');
  await page.getByRole('button', { name: 'Check' }).click();
  await expect(page.getByText(/It is in the log: entry 0 of \d+/)).toBeVisible();

  const verifier = await page.request.get('/log/sublet-verify.mjs');
  expect(await verifier.text()).toBe(await readFile('bin/verify.mjs', 'utf8'));
});
