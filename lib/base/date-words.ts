const made = new Map<string, Intl.DateTimeFormat>();

/**
 * A formatter of dates, made once for each locale and options: making one takes a hundred times as long as using it, and a page
 * says dozens of dates. As `new Intl.DateTimeFormat`, which throws RangeError where it knows no such locale or zone.
 */
export function dateWords(locale: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${locale} ${JSON.stringify(options)}`;
  const kept = made.get(key) ?? new Intl.DateTimeFormat(locale, options);
  made.set(key, kept);
  return kept;
}
