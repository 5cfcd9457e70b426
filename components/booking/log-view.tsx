import { memo } from 'react';
import { cn } from '#components/ui/cn.ts';
import { dateWords } from '#lib/base/date-words.ts';
import type { ShownLine } from './log-lines.ts';

const LOOKS: Readonly<Record<string, string>> = {
  stderr: 'text-warn-ink',
  agent: 'text-muted italic',
  warn: 'text-warn-ink',
  error: 'text-bad-ink',
};
/** What stands before lines that are not the program's ordinary output: colour alone says nothing to some. */
const MARKS: Readonly<Record<string, string>> = {
  stderr: 'err',
  agent: 'machine',
  warn: 'warning',
  error: 'error',
};

type LogViewProps = { lines: readonly ShownLine[]; times: boolean; zone: string };

/** Lines of a log, each with when it began and where it comes from. */
export function LogView({ lines, times, zone }: LogViewProps) {
  const day = lines[0]?.at.slice(0, 10);
  const clock = clockIn(zone, lines.at(-1)?.at.slice(0, 10) === day);
  return (
    <ol className="whitespace-pre-wrap [overflow-wrap:anywhere]">
      {lines.map((line) => (
        <Line key={`${line.offset} ${line.part}`} {...line} clock={times ? clock.format(new Date(line.at)) : null} />
      ))}
    </ol>
  );
}

type LineProps = { at: string; stream: string; text: string; clock: string | null };

const Line = memo(function Line({ at, stream, text, clock }: LineProps) {
  const mark = MARKS[stream];
  return (
    <li className={cn('min-h-5', LOOKS[stream])}>
      {clock !== null && (
        <time dateTime={at} className="mr-2 select-none text-muted not-italic" suppressHydrationWarning>
          {clock}
        </time>
      )}
      {mark !== undefined && (
        <span className="mr-2 select-none rounded-xs border border-current px-1 font-sans text-[0.6875rem] not-italic">
          {mark}
        </span>
      )}
      {text}
    </li>
  );
});

/** To the second; with the day where the lines are not all of one. */
function clockIn(timeZone: string, oneDay: boolean): Intl.DateTimeFormat {
  return dateWords('en-GB', {
    ...(oneDay ? {} : { day: '2-digit', month: 'short' }),
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    timeZone,
  });
}
