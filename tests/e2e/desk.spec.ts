import { type Browser, expect, type Page, test } from '@playwright/test';
import { newId } from '../../lib/base/id.ts';
import { type Api, apiFor, type Offer } from './api.ts';
import { sql } from './database.ts';
import { looksCalm } from './look.ts';
import { demoPerson, type Person, personMade, signIn } from './people.ts';

test.describe.configure({ timeout: 300_000 });

const HOSTILE = `<img src=x onerror=alert(1)> ${'W'.repeat(120)} 🎉`;
/** A second admin beside the demo's: of the demo too, so that the second step is not asked of either. */
async function anotherAdmin(name: string): Promise<Person> {
  const made = await personMade(name);
  await sql("UPDATE users SET role = 'admin', demo = true WHERE email = $1", [made.email]);
  return made;
}

async function pageOf(browser: Browser, who: Person): Promise<Page> {
  const page = await (await browser.newContext()).newPage();
  await signIn(page, who);
  return page;
}

/** Offers of other hosts, so that whoever reports is never their own host. */
async function offersOf(api: Api): Promise<Offer[]> {
  const { rows } = await api.get<{ rows: Offer[] }>('/listings?sort=price');
  return rows.filter(({ own }) => !own);
}

async function reported(baseURL: string | undefined, listingId: string, text: string): Promise<string> {
  const api = await apiFor(baseURL, await personMade('Reporting'));
  const { reportId } = await api.post<{ reportId: string }>(`/listings/${listingId}/reports`, { cause: 'scam', text });
  return reportId;
}

test('somebody reports a listing, an admin works the queue by keyboard, and the reporter is told', async ({
  browser,
  page,
  baseURL,
}) => {
  const offers = await offersOf(await apiFor(baseURL));
  const [one, two, three] = offers;
  if (one === undefined || two === undefined || three === undefined) throw new Error('the market is too small');

  const renter = await personMade('Watchful');
  await signIn(page, renter);
  await page.goto(`/gpus/${one.listingId}`);
  await page.getByText('Report this listing').click();
  await page.getByLabel('What you saw').fill('bad');
  await page.getByLabel('What is wrong').selectOption('notAsDescribed');
  await page.getByRole('button', { name: 'Send the report' }).click();
  await expect(page.getByText('Say in a sentence or two what is wrong.').first()).toBeVisible();
  await expect(page.getByLabel('What you saw')).toHaveValue('bad');
  await page.getByLabel('What you saw').fill(HOSTILE);
  await page.getByRole('button', { name: 'Send the report' }).click();
  await expect(page.getByText('you are told how it ends').first()).toBeVisible();
  await reported(baseURL, two.listingId, 'The price on the page is not the price on the bill.');
  await reported(baseURL, three.listingId, 'It asks for money outside of the market.');

  const admin = await pageOf(browser, demoPerson('admin'));
  await admin.goto('/admin');
  await admin.getByRole('link', { name: 'Reports', exact: true }).first().click();
  await admin.waitForURL('/admin/queues/reports');
  const list = admin.getByRole('list', { name: 'Reports' });
  const links = list.getByRole('link');
  await expect.poll(() => links.count()).toBeGreaterThanOrEqual(3);
  // Other tests may report, too: this one is wherever it stands.
  const mine = links.filter({ has: admin.getByText(one.machineName, { exact: true }) });
  await expect(mine).toHaveCount(1);
  const ids = await links.evaluateAll((all) => all.map((link) => link.getAttribute('data-case')));
  const at = ids.indexOf(await mine.getAttribute('data-case'));
  await links.nth(at).focus();
  await admin.keyboard.press('j');
  await expect(links.nth(at + 1)).toBeFocused();
  await admin.keyboard.press('k');
  await expect(links.nth(at)).toBeFocused();
  await admin.keyboard.press('Enter');
  await expect(admin.getByText(HOSTILE).first()).toBeVisible();

  // J and K are letters everywhere else.
  const reason = admin.getByLabel('Reason', { exact: true });
  await admin.getByLabel('Begin with a text').selectOption({ index: 1 });
  await expect(reason).not.toHaveValue('');
  await reason.fill('');
  await reason.pressSequentially('jk');
  await expect(reason).toHaveValue('jk');
  await admin.getByRole('button', { name: 'Decide' }).click();
  await expect(admin.getByText('Choose an outcome.').first()).toBeVisible();
  await expect(reason).toHaveValue('jk');
  await admin.getByRole('radio', { name: /^Dismiss/ }).check();
  await reason.fill('It agrees with our terms.');
  await admin.getByRole('button', { name: 'Decide' }).click();
  await expect(admin.getByText('Decided. This is the next one.')).toBeVisible();
  await expect(mine).toHaveCount(0);

  await expect
    .poll(async () => {
      await page.goto('/notices');
      return page.getByText('We looked at what you reported').count();
    })
    .toBeGreaterThan(0);
  await looksCalm(admin, '/admin/queues/reports');
  const first = await links.first().getAttribute('href');
  await looksCalm(admin, first ?? '');
  await looksCalm(page, `/gpus/${one.listingId}`);
});

test('two admins want the same case: one has it, the other takes it over, and nobody decides what changed unseen', async ({
  browser,
  baseURL,
}) => {
  const offers = await offersOf(await apiFor(baseURL));
  const offer = offers[3];
  if (offer === undefined) throw new Error('the market is too small');
  const id = await reported(baseURL, offer.listingId, 'Two admins will look at this one.');
  const path = `/admin/queues/reports?case=${id}`;
  const ada = await pageOf(browser, demoPerson('admin'));
  const bob = await pageOf(browser, await anotherAdmin('Bob'));
  await ada.goto(path);
  await bob.goto(path);
  await ada.getByRole('button', { name: /^Claim for/ }).click();
  await expect(ada.getByText('Yours until')).toBeVisible();
  const typed = 'Ada thinks that this is right.';
  await ada.getByRole('radio', { name: /^Warn/ }).check();
  await ada.getByLabel('Reason', { exact: true }).fill(typed);

  // Bob's page says so without being loaded again, and what it says of it is as high as before.
  await expect(bob.getByText(/works on it$/).first()).toBeVisible();
  await expect(bob.getByText(/^Since .*, until /).first()).toBeVisible();
  await bob.getByRole('button', { name: 'Take over…' }).click();
  await bob.getByRole('dialog').getByLabel('Reason').fill('Ada has gone home.');
  await bob.getByRole('dialog').getByRole('button', { name: 'Take over' }).click();
  await expect(bob.getByText('Yours until')).toBeVisible();

  // Ada's page hears of it, too: she cannot decide any more, and what she typed is still there.
  await expect(ada.getByText(/Bob has this case since/).first()).toBeVisible();
  await expect(ada.getByRole('button', { name: 'Decide' })).toBeDisabled();
  await expect(ada.getByLabel('Reason', { exact: true })).toHaveValue(typed);

  await reported(baseURL, offer.listingId, 'Somebody else saw the same thing.');
  await bob.getByRole('radio', { name: /^Dismiss/ }).check();
  await bob.getByLabel('Reason', { exact: true }).fill('Bob sees nothing in it.');
  await bob.getByRole('button', { name: 'Decide' }).click();
  await expect(bob.getByText('Other open reports of it: 0 → 1').first()).toBeVisible();
  await expect(bob.getByLabel('Reason', { exact: true })).toHaveValue('Bob sees nothing in it.');
  await bob.getByRole('button', { name: /^(Show it as it is now|I have seen it)$/ }).click();
  await expect(bob.getByText('Somebody else saw the same thing.')).toBeVisible();
  await bob.getByRole('button', { name: 'Decide' }).click();
  await expect(bob.getByText(/^Decided\./)).toBeVisible();
  await ada.goto(path);
  await expect(ada.getByText('It waits no longer')).toBeVisible();
  await ada.goto(`/admin/audit?text=${id}`);
  await expect(ada.locator('span', { hasText: /^Case: taken over$/ })).toBeVisible();
  await expect(ada.getByText('Ada has gone home.')).toBeVisible();
});

test('an account that looks risky is cleared, another is suspended with its consequences said first, and restored', async ({
  browser,
}) => {
  const risky = await personMade('Risky');
  const [user] = await sql<{ id: string }>('SELECT id FROM users WHERE email = $1', [risky.email]);
  if (user === undefined) throw new Error('nobody was made');
  const flag = newId('accountFlag', new Date());
  await sql(
    `INSERT INTO account_flags (id, user_id, rules, findings, state, flagged_at)
     VALUES ($1, $2, '{cardRefused}', '{"cardRefused": "7 payments refused within 24 hours"}', 'open', now())`,
    [flag, user.id],
  );
  const admin = await pageOf(browser, demoPerson('admin'));
  await looksCalm(admin, `/admin/queues/sign-ups?case=${flag}`);
  await looksCalm(admin, `/admin/people/${user.id}`);
  await admin.getByRole('link', { name: 'Decide', exact: true }).click();
  await expect(admin.getByText('7 payments refused within 24 hours')).toBeVisible();
  await admin.getByRole('radio', { name: /^Clear/ }).check();
  await admin.getByLabel('Reason', { exact: true }).fill('It was a new card.');
  await admin.getByRole('button', { name: 'Decide' }).click();
  await expect(admin.getByText(/^Decided\./)).toBeVisible();

  await admin.goto(`/admin/people/${user.id}`);
  await admin.getByRole('button', { name: 'Suspend…' }).click();
  const dialog = admin.getByRole('dialog');
  await expect(dialog.getByText('It keeps its data and the history of its money')).toBeVisible();
  await expect(dialog.getByText('Nothing is paid out.')).toBeVisible();
  await dialog.getByLabel('Reason').fill('It breaks our terms.');
  await dialog.getByRole('button', { name: 'Suspend', exact: true }).click();
  await expect(admin.getByText('It breaks our terms.').first()).toBeVisible();
  await expect(
    admin
      .getByText('no → yes')
      .or(admin.locator('del', { hasText: 'no' }))
      .first(),
  ).toBeVisible();

  const page = await pageOf(browser, risky);
  await expect(page.getByText('It breaks our terms.').first()).toBeVisible();
  await page.goto('/wallet/movements');
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();

  await admin.getByRole('button', { name: 'Restore…' }).click();
  await admin.getByRole('dialog').getByLabel('Reason').fill('It has explained itself.');
  await admin.getByRole('dialog').getByRole('button', { name: 'Restore', exact: true }).click();
  await expect(admin.getByRole('button', { name: 'Suspend…' })).toBeVisible();
  await page.reload();
  await expect(page.getByText('It breaks our terms.')).toHaveCount(0);
});

test('the desk says how the market is, and hands its log over as a file', async ({ browser }) => {
  const admin = await pageOf(browser, demoPerson('admin'));
  await admin.goto('/admin/health');
  await expect(admin.getByText('Sweep ').or(admin.getByText('Sweeps')).first()).toBeVisible();
  const csv = await admin.request.get('/api/v1/admin/audit.csv?people=on');
  expect(csv.status()).toBe(200);
  expect(await csv.text()).toContain('at,id,kind,actor_id');
});
