import { createElement as h, type ReactNode } from 'react';
import type { Letter } from '#lib/auth/letter.ts';
import { DARK, type LetterColours, LIGHT } from './letter-colours.ts';

/** What the picture of the mark is called inside a mail: it travels along, so nothing is fetched from anywhere. */
export const MARK_CID = 'mark@sublet';

/**
 * A letter as HTML, by react-email: one layout for all, tables and inline styles as mail programs want them, light and dark.
 * Says exactly what the plain text says. Everything in it is escaped.
 */
export async function letterHtml(letter: Letter, subject: string): Promise<string> {
  // Loaded with the first letter: it is large, and most processes send none.
  const { Body, Button, Container, Head, Heading, Hr, Html, Img, Link, Preview, render, Section, Text } = await import(
    'react-email'
  );
  const { action, footer } = letter;
  const line = (key: string, text: ReactNode, className = 'ink', style: object = TEXT) =>
    h(Text, { key, className, style }, text);
  const page = h(
    Html,
    { lang: 'en' },
    h(
      Head,
      null,
      h('meta', { name: 'color-scheme', content: 'light dark' }),
      h('meta', { name: 'supported-color-schemes', content: 'light dark' }),
      h('title', null, subject),
      h('style', null, darkRules(DARK)),
    ),
    h(Preview, null, letter.paragraphs[0] ?? letter.heading),
    h(
      Body,
      { className: 'canvas', style: BODY },
      h(
        Container,
        { style: { maxWidth: '34rem', padding: '24px 12px' } },
        h(
          Section,
          { style: { paddingBottom: '16px' } },
          h(Img, {
            src: `cid:${MARK_CID}`,
            width: 28,
            height: 28,
            alt: '',
            style: { display: 'inline-block', verticalAlign: 'middle' },
          }),
          h('span', { className: 'ink', style: WORDMARK }, 'Sublet'),
        ),
        h(
          Section,
          { className: 'surface', style: SURFACE },
          h(Heading, { as: 'h1', className: 'ink', style: HEADING }, letter.heading),
          line('hello', `Hello ${letter.name},`),
          ...letter.paragraphs.filter((text) => text !== '').map((text, index) => line(String(index), text)),
          action === null ? null : h(Button, { href: action.url, className: 'button', style: BUTTON }, action.label),
          action === null
            ? null
            : line('address', h(Link, { href: action.url, className: 'muted', style: ADDRESS }, action.url)),
          letter.after === null ? null : line('after', letter.after),
        ),
        footer === null
          ? null
          : h(
              Section,
              { style: { padding: '4px 4px 0' } },
              line('why', footer.text, 'muted', SMALL),
              h(Hr, { className: 'rule', style: { borderColor: LIGHT.line, margin: '8px 0' } }),
              h(
                Text,
                { className: 'muted', style: SMALL },
                h(Link, { href: footer.url, className: 'muted', style: SMALL_LINK }, 'Choose what you hear'),
                footer.unsubscribeUrl === null
                  ? null
                  : [
                      ' · ',
                      h(
                        Link,
                        { key: 'stop', href: footer.unsubscribeUrl, className: 'muted', style: SMALL_LINK },
                        'No more mails of this kind',
                      ),
                    ],
              ),
            ),
      ),
    ),
  );
  return render(page);
}

const FONT = "'Geist', -apple-system, BlinkMacSystemFont, 'Segoe UI', Roboto, Helvetica, Arial, sans-serif";
const BODY = { margin: '0', backgroundColor: LIGHT.canvas, fontFamily: FONT };
const WORDMARK = {
  marginLeft: '10px',
  verticalAlign: 'middle',
  fontSize: '18px',
  fontWeight: 600,
  color: LIGHT.ink,
  letterSpacing: '-0.01em',
};
const SURFACE = {
  backgroundColor: LIGHT.surface,
  border: `1px solid ${LIGHT.line}`,
  borderRadius: '12px',
  padding: '20px 24px 12px',
};
const BREAK = { overflowWrap: 'anywhere', wordBreak: 'break-word' } as const;
const HEADING = {
  ...BREAK,
  margin: '0 0 12px',
  fontSize: '20px',
  lineHeight: '28px',
  fontWeight: 600,
  color: LIGHT.ink,
} as const;
const TEXT = { ...BREAK, margin: '0 0 14px', fontSize: '15px', lineHeight: '23px', color: LIGHT.ink };
const ADDRESS = { ...BREAK, fontSize: '12px', color: LIGHT.muted };
const SMALL = { ...BREAK, margin: '0', fontSize: '12px', lineHeight: '18px', color: LIGHT.muted };
const SMALL_LINK = { fontSize: '12px', color: LIGHT.muted, textDecoration: 'underline' };
const BUTTON = {
  margin: '4px 0 14px',
  padding: '11px 18px',
  borderRadius: '8px',
  backgroundColor: LIGHT.accent,
  color: LIGHT.onAccent,
  fontSize: '15px',
  fontWeight: 600,
  textDecoration: 'none',
};

/** Inline styles cannot ask for the theme: these rules beat them where a mail program knows dark. */
function darkRules(colours: LetterColours): string {
  const rule = (selector: string, property: string, value: string) => `${selector}{${property}:${value} !important}`;
  return `@media (prefers-color-scheme: dark){${[
    // The second is the cell that react-email puts into the body for programs that drop the body itself.
    rule('.canvas,.canvas>table>tbody>tr>td', 'background-color', colours.canvas),
    rule('.surface', 'background-color', colours.surface),
    rule('.surface', 'border-color', colours.line),
    rule('.rule', 'border-color', colours.line),
    rule('.ink', 'color', colours.ink),
    rule('.muted', 'color', colours.muted),
    rule('.button', 'background-color', colours.accent),
    rule('.button', 'color', colours.onAccent),
  ].join('')}}`;
}
