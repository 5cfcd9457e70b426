import AxeBuilder from '@axe-core/playwright';
import { expect, type Page } from '@playwright/test';

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** What axe finds wrong, a line for each element. `colours`: only what depends on the theme. */
export async function axeFaults(page: Page, what: 'everything' | 'colours' = 'everything'): Promise<string[]> {
  // A page that scripts brought one to, or that has just been looked at anew, has its title a moment after its content. It is waited
  // for here, so axe need not find it at its own moment.
  await page.waitForFunction(() => document.title !== '');
  // What was scrolled under the header that stays is not too small to press.
  await page.evaluate(() => scrollTo({ top: 0, behavior: 'instant' }));
  // Legacy mode looks at this page only and opens no second one for frames, of which there are none.
  const axe = new AxeBuilder({ page }).setLegacyMode();
  const { violations } = await (what === 'colours'
    ? axe.withRules('color-contrast')
    : axe.withTags(TAGS).disableRules('document-title')
  ).analyze();
  return violations.flatMap(({ id, nodes }) => [
    ...nodes.slice(0, 3).map(({ target, failureSummary }) => `${id}: ${target} ${failureSummary}`),
    ...(nodes.length > 3 ? [`${id}: and ${nodes.length - 3} more`] : []),
  ]);
}

/** What a page of 320 px does that axe does not see: whether it is wider than its window, and targets under 24 px. */
export function narrowFaults(page: Page): Promise<string[]> {
  return page.evaluate(async () => {
    // What watches its size answers in the frame after a window was resized.
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    const faults: string[] = [];
    const name = (element: Element) =>
      `${element.tagName.toLowerCase()} "${(element.getAttribute('aria-label') ?? element.textContent ?? '').trim().slice(0, 40)}"`;
    if (document.documentElement.scrollWidth > innerWidth) {
      const reach = (element: Element) => element.getBoundingClientRect().right;
      const isHeld = (element: Element): boolean =>
        element.parentElement !== null &&
        (getComputedStyle(element.parentElement).overflowX !== 'visible' || isHeld(element.parentElement));
      const widest = [...document.body.querySelectorAll('*')]
        .filter((element) => !isHeld(element))
        .reduce((a, b) => (reach(b) > reach(a) ? b : a));
      faults.push(
        `the page is ${document.documentElement.scrollWidth} px wide in a window of ${innerWidth}: ${name(widest)}`,
      );
    }
    const targets = [
      ...document.querySelectorAll<HTMLElement>('a[href], button, input, select, textarea, summary, [role="button"]'),
    ]
      .filter((element) => element.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true }))
      .filter((element) => !(element instanceof HTMLInputElement && element.type === 'hidden'))
      // Hidden from eyes until it is focused, or never meant for a pointer.
      .filter(
        (element) =>
          element.tabIndex >= 0 &&
          getComputedStyle(element).clipPath === 'none' &&
          element.closest('.sr-only') === null,
      )
      .map((element) => ({ element, box: (element.closest('label') ?? element).getBoundingClientRect() }));
    const boxOf = (element: HTMLElement) => {
      // A link that covers its card is as large as the card.
      const after = getComputedStyle(element, '::after');
      if (after.position !== 'absolute' || after.content === 'none') return undefined;
      return element.offsetParent?.getBoundingClientRect();
    };
    for (const { element, box } of targets) {
      const { width, height } = boxOf(element) ?? box;
      if (width >= 23.9 && height >= 23.9) continue;
      // WCAG 2.5.8: a link inside a sentence is as high as its line.
      const inline = getComputedStyle(element).display === 'inline';
      const alone = (element.parentElement?.textContent ?? '').trim() === (element.textContent ?? '').trim();
      if (inline && !alone) continue;
      faults.push(`${name(element)} is ${Math.round(width)} × ${Math.round(height)} px`);
    }
    return faults.slice(0, 8);
  });
}

/** Opens a page and holds that it is calm: in light and dark, wide and at 320 px. Leaves it wide and light. */
export async function looksCalm(page: Page, path: string): Promise<void> {
  await page.setViewportSize({ width: 1280, height: 900 });
  await page.emulateMedia({ colorScheme: 'light' });
  await page.goto(path);
  expect.soft(await axeFaults(page), `${path}, light`).toEqual([]);
  await page.emulateMedia({ colorScheme: 'dark' });
  expect.soft(await axeFaults(page, 'colours'), `${path}, dark`).toEqual([]);
  await page.setViewportSize({ width: 320, height: 720 });
  expect.soft(await narrowFaults(page), `${path}, 320 px`).toEqual([]);
  await page.setViewportSize({ width: 1280, height: 900 });
  await page.emulateMedia({ colorScheme: 'light' });
}
