/**
 * Reads iCalendar by the grammar of RFC 5545 and throws at the first thing that is not of it. Written against the text of the
 * standard and not against our writer: sections 3.1 (lines), 3.3 (values), 3.4 (streams) and 3.6 (components).
 */

export type Property = { readonly name: string; readonly params: ReadonlyMap<string, string>; readonly value: string };
export type Component = {
  readonly name: string;
  readonly properties: readonly Property[];
  readonly components: readonly Component[];
};

const NAME = /^[A-Za-z0-9-]+/;
/** CONTROL: all but the tab, of the first 128 characters. */
const CONTROL = /[^\P{Cc}\t\u0080-\u009f]/u;
/** TEXT: `\\\\`, `\\;`, `\\,`, `\\n` and `\\N` are its only escapes; `;`, `,` and `\\` do not stand alone. */
const TEXT = /^(?:\\[\\;,nN]|[^\\;,])*$/u;
const DATE_TIME = /^(\d{4})(\d\d)(\d\d)T([01]\d|2[0-3])([0-5]\d)([0-5]\d|60)(Z?)$/;
const DURATION = /^[+-]?P(?:\d+W|(?:\d+D)?(?:T(?:\d+H(?:\d+M(?:\d+S)?)?|\d+M(?:\d+S)?|\d+S))?)$/;

function fail(why: string): never {
  throw new Error(`not RFC 5545: ${why}`);
}

/** Lines without their folds. */
function contentLines(stream: string): string[] {
  if (!stream.endsWith('\r\n')) fail('the last line does not end');
  const raw = stream.slice(0, -2).split('\r\n');
  for (const line of raw) {
    if (/[\r\n]/.test(line)) fail('a line ends with CR or LF alone');
    if (Buffer.byteLength(line, 'utf8') > 75) fail(`a line of ${Buffer.byteLength(line, 'utf8')} octets`);
    if (Buffer.from(line, 'utf8').toString('utf8') !== line) fail('no UTF-8');
  }
  const lines: string[] = [];
  for (const line of raw) {
    if (/^[ \t]/.test(line)) lines.push((lines.pop() ?? fail('it begins with a fold')) + line.slice(1));
    else lines.push(line);
  }
  return lines;
}

/** contentline = name *(";" param) ":" value */
function property(line: string): Property {
  const name = NAME.exec(line)?.[0] ?? fail(`a line without a name: ${line}`);
  let rest = line.slice(name.length);
  const params = new Map<string, string>();
  while (rest.startsWith(';')) {
    const param = /^;([A-Za-z0-9-]+)=("[^"]*"|[^";:,]*)/.exec(rest);
    if (param === null) fail(`a parameter of ${name}`);
    params.set((param[1] ?? '').toUpperCase(), param[2] ?? '');
    rest = rest.slice(param[0].length);
  }
  if (!rest.startsWith(':')) fail(`${name} has no value`);
  if (CONTROL.test(line)) fail(`the value of ${name} has control characters`);
  return { name: name.toUpperCase(), params, value: rest.slice(1) };
}

/** The one calendar of a stream, with everything that its components must and may have looked at. */
export function readIcalendar(stream: string): Component {
  const lines = contentLines(stream).map(property);
  let at = 0;
  const component = (): Component => {
    const name = lines[at]?.name === 'BEGIN' ? (lines[at]?.value.toUpperCase() ?? '') : fail('BEGIN is missing');
    const properties: Property[] = [];
    const components: Component[] = [];
    for (at += 1; lines[at] !== undefined && lines[at]?.name !== 'END'; ) {
      if (lines[at]?.name === 'BEGIN') components.push(component());
      else {
        if (components.length > 0) fail(`a property of ${name} after a component`);
        properties.push(lines[at] as Property);
        at += 1;
      }
    }
    if (lines[at]?.value.toUpperCase() !== name) fail(`${name} does not end`);
    at += 1;
    return { name, properties, components };
  };
  const calendar = component();
  if (at !== lines.length) fail('something follows the calendar');
  checkCalendar(calendar);
  return calendar;
}

function only(of: Component, name: string): Property {
  const found = of.properties.filter((each) => each.name === name);
  return found.length === 1 ? (found[0] as Property) : fail(`${of.name} has ${name} ${found.length} times`);
}

function mostOnce(of: Component, names: readonly string[]): void {
  for (const name of names)
    if (of.properties.filter((each) => each.name === name).length > 1) fail(`${of.name} has ${name} twice`);
}

function checkCalendar(calendar: Component): void {
  if (calendar.name !== 'VCALENDAR') fail(`it is a ${calendar.name}`);
  if (only(calendar, 'VERSION').value !== '2.0') fail('another version');
  textOf(only(calendar, 'PRODID'));
  mostOnce(calendar, ['CALSCALE', 'METHOD']);
  if (calendar.components.length === 0) fail('a calendar without a component');
  for (const { name, value } of calendar.properties)
    if (name === 'REFRESH-INTERVAL' && !DURATION.test(value)) fail(`the duration ${value}`);
  const uids = new Set<string>();
  for (const each of calendar.components) {
    if (each.name === 'VTIMEZONE') {
      only(each, 'TZID');
      if (!each.components.some(({ name }) => name === 'STANDARD' || name === 'DAYLIGHT')) fail('a zone without rules');
      for (const rule of each.components)
        for (const name of ['DTSTART', 'TZOFFSETFROM', 'TZOFFSETTO']) only(rule, name);
    } else if (each.name === 'VEVENT') {
      const uid = textOf(only(each, 'UID'));
      if (uids.has(uid)) fail(`two events are ${uid}`);
      uids.add(uid);
      instantOf(only(each, 'DTSTAMP'));
      if (instantOf(only(each, 'DTEND')) <= instantOf(only(each, 'DTSTART'))) fail(`${uid} ends before it begins`);
      mostOnce(each, [
        'CLASS',
        'CREATED',
        'DESCRIPTION',
        'LAST-MODIFIED',
        'LOCATION',
        'STATUS',
        'SUMMARY',
        'TRANSP',
        'URL',
      ]);
      for (const name of ['SUMMARY', 'DESCRIPTION']) textOf(only(each, name));
      new URL(only(each, 'URL').value);
    } else fail(`a ${each.name}`);
  }
}

/** A TEXT without its escapes. */
export function textOf({ name, value }: Property): string {
  if (!TEXT.test(value)) fail(`the text of ${name}: ${value}`);
  return value.replace(/\\([\\;,nN])/g, (_, escaped: string) => (escaped.toLowerCase() === 'n' ? '\n' : escaped));
}

/** A DATE-TIME in UTC. */
export function instantOf({ name, value }: Property): Date {
  const [, year, month, day, hour, minute, second, zone] =
    DATE_TIME.exec(value) ?? fail(`the time ${value} of ${name}`);
  if (zone !== 'Z') fail(`${name} is not in UTC`);
  const at = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return Number.isNaN(at.getTime()) ? fail(`there is no ${value}`) : at;
}

/** What an event has under a name. */
export function eventText(event: Component, name: string): string {
  return textOf(only(event, name));
}
export function eventTime(event: Component, name: string): Date {
  return instantOf(only(event, name));
}
