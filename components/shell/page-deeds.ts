/** Something that the page before the reader offers: pressing it here is pressing it there. */
export type PageDeed = { readonly label: string; readonly press: () => void };

const nameOf = (element: Element) =>
  (element.getAttribute('aria-label') ?? element.textContent ?? '').replace(/\s+/g, ' ').trim();

const DEEDS = '[data-page-deeds] :is(a[href], button):not(:disabled, [aria-disabled="true"])';
const VIEWS = 'main nav:not([aria-label="Breadcrumbs"]) a[href]:not([aria-current="page"])';
const UP = 'main nav[aria-label="Breadcrumbs"] a[href]';

/** The actions in the page's head, the views it links to and the way up, in that order; each name once. */
export function pageDeeds(page: Document): PageDeed[] {
  const found = (selector: string, label: (name: string) => string) =>
    [...page.querySelectorAll<HTMLElement>(selector)]
      .filter((element) => element.checkVisibility() && nameOf(element) !== '')
      .map((element) => ({ label: label(nameOf(element)), press: () => press(element) }));
  const all = [
    ...found(DEEDS, (name) => name),
    ...found(VIEWS, (name) => name),
    ...found(UP, (name) => `Up to ${name}`),
  ];
  return all.filter((deed, index) => all.findIndex(({ label }) => label === deed.label) === index);
}

function press(element: HTMLElement): void {
  element.focus();
  element.click();
}
