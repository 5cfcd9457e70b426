import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const css = readFileSync(new URL('../../app/globals.css', import.meta.url), 'utf8');
const THEMES = ['light', 'dark'] as const;

/** Relative luminance (WCAG 2.2) of `oklch(L C H)`, by way of linear sRGB clipped to its gamut (CSS Color 4). */
function luminance(oklch: string): number {
  const [l = 0, c = 0, h = 0] = oklch.trim().split(/\s+/).map(Number);
  const a = c * Math.cos((h * Math.PI) / 180);
  const b = c * Math.sin((h * Math.PI) / 180);
  const long = (l + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const middle = (l - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const short = (l - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const clip = (value: number) => Math.min(1, Math.max(0, value));
  const red = clip(4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short);
  const green = clip(-1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short);
  const blue = clip(-0.0041960863 * long - 0.7034186147 * middle + 1.707614701 * short);
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function token(name: string, theme: (typeof THEMES)[number]): string {
  const pair = new RegExp(`--${name}: light-dark\\(oklch\\(([^)]+)\\), oklch\\(([^)]+)\\)\\)`).exec(css);
  const value = theme === 'light' ? pair?.[1] : pair?.[2];
  if (value === undefined) throw new Error(`globals.css has no token --${name}`);
  return value;
}

function contrast(front: string, back: string, theme: (typeof THEMES)[number]): number {
  const [dim = 0, bright = 0] = [luminance(token(front, theme)), luminance(token(back, theme))].sort((a, b) => a - b);
  return (bright + 0.05) / (dim + 0.05);
}

const GROUNDS = ['canvas', 'surface', 'raised', 'sunken', 'hover'];
const TEXT_ON_GROUNDS = ['ink', 'muted', 'accent-ink', 'good-ink', 'warn-ink', 'bad-ink', 'info-ink'];
const TEXT_PAIRS = [
  ...TEXT_ON_GROUNDS.flatMap((text) => GROUNDS.map((ground) => [text, ground] as const)),
  ...['accent', 'good', 'warn', 'bad', 'info'].flatMap((tone) => [
    [`${tone}-ink`, `${tone}-soft`] as const,
    ['ink', `${tone}-soft`] as const,
    ['muted', `${tone}-soft`] as const,
  ]),
  ['on-accent', 'accent'] as const,
  ['on-accent', 'accent-hover'] as const,
  ['on-bad', 'bad'] as const,
  ['on-bad', 'bad-hover'] as const,
  ['ink', 'accent-line'] as const,
];
const SHAPE_PAIRS = [
  ...['canvas', 'surface', 'raised'].map((ground) => ['line-control', ground] as const),
  ...GROUNDS.map((ground) => ['accent', ground] as const),
];

describe.each(THEMES)('the %s theme', (theme) => {
  it.each(TEXT_PAIRS)('is read easily: %s on %s', (front, back) => {
    expect(contrast(front, back, theme)).toBeGreaterThanOrEqual(4.5);
  });

  it.each(SHAPE_PAIRS)('shows its controls and its focus ring: %s on %s', (front, back) => {
    expect(contrast(front, back, theme)).toBeGreaterThanOrEqual(3);
  });
});

it('computes black on white as 21 : 1', () => {
  expect((luminance('1 0 0') + 0.05) / (luminance('0 0 0') + 0.05)).toBeCloseTo(21, 1);
});
