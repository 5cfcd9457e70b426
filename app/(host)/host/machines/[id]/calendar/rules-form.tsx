import { ZoneOptions } from '#components/calendar/zone-options.tsx';
import { ActionForm } from '#components/ui/action-form.tsx';
import { InputField, SelectField } from '#components/ui/form-fields.tsx';
import { pack } from '#components/ui/packed.ts';
import { Panel } from '#components/ui/panel.tsx';
import { SubmitButton } from '#components/ui/submit-button.tsx';
import type { Calendar } from '#lib/catalogue/calendar.ts';
import { clockWords, MOST_HOURS } from '#lib/catalogue/calendar-rules.ts';
import { CANCELLATION_POLICIES, CANCELLATIONS, cancellationSentence } from '#lib/catalogue/cancellation.ts';
import { formatSpan } from '#lib/catalogue/span-words.ts';
import { WEEKDAYS, zones } from '#lib/catalogue/wall-clock.ts';
import { saveRules } from './actions.ts';

const DAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'] as const;
const POLICIES = { flexible: 'Flexible', moderate: 'Moderate', strict: 'Strict' } as const;

const inHours = (seconds: number) => String(Number((seconds / 3_600).toFixed(2)));

/** When the machine is rented and how: hours of the week on the wall clock of a zone, lengths, and cancellation terms. */
export function RulesForm({ machineId, calendar }: { machineId: string; calendar: Calendar }) {
  const used = Math.min(MOST_HOURS, calendar.hours.length + 1);
  return (
    <Panel
      title="Hours and rules"
      description="They hold for what is booked from now on. What is booked already keeps its time and its terms."
    >
      <ActionForm action={saveRules} className="space-y-5">
        <input type="hidden" name="machineId" value={machineId} />
        <InputField
          name="zone"
          label="Time zone"
          list="zones"
          autoComplete="off"
          spellCheck={false}
          defaultValue={calendar.zone}
          hint="Hours below are on the clocks of this zone, summer time included."
        />
        <ZoneOptions zones={pack(zones())} />
        <fieldset className="min-w-0 space-y-3">
          <legend className="font-medium text-sm">Open hours</legend>
          <p className="text-muted text-xs">
            No hours at all: open always. An end that is not later than its beginning is on the next day; 00:00 as an
            end is midnight.
          </p>
          {Array.from({ length: used }, (_, index) => (
            <HoursLine key={index} index={index} hours={calendar.hours[index]} />
          ))}
        </fieldset>
        <div className="grid grid-cols-[minmax(0,1fr)] gap-4 sm:grid-cols-2">
          <InputField
            name="least"
            label="Shortest rental"
            after="minutes"
            inputMode="decimal"
            autoComplete="off"
            defaultValue={String(Math.ceil(calendar.leastSeconds / 60))}
            hint="At least 5."
          />
          <InputField
            name="most"
            label="Longest rental"
            after="hours"
            inputMode="decimal"
            autoComplete="off"
            optional
            placeholder="30 days"
            defaultValue={calendar.mostSeconds === null ? '' : inHours(calendar.mostSeconds)}
          />
          <InputField
            name="lead"
            label="Lead time"
            after="hours"
            inputMode="decimal"
            autoComplete="off"
            defaultValue={inHours(calendar.leadSeconds)}
            hint="How long before its beginning a window is reserved at the latest. Does not concern what is rented at once."
          />
          <InputField
            name="notice"
            label="Notice of maintenance"
            after="hours"
            inputMode="decimal"
            autoComplete="off"
            defaultValue={inHours(calendar.maintenanceNoticeSeconds)}
            hint="Announced so long before, maintenance ends what is rented on demand. Renters see it before they book."
          />
        </div>
        <SelectField
          name="cancellation"
          label="Cancellation of reserved windows"
          defaultValue={calendar.cancellation}
          hint={cancellationSentence(CANCELLATIONS[calendar.cancellation])}
        >
          {CANCELLATION_POLICIES.map((policy) => (
            <option key={policy} value={policy}>
              {POLICIES[policy]}: free until {formatSpan(CANCELLATIONS[policy].freeSeconds)} before
            </option>
          ))}
        </SelectField>
        <SubmitButton pendingLabel="Saving…">Save calendar</SubmitButton>
      </ActionForm>
    </Panel>
  );
}

function HoursLine({ index, hours }: { index: number; hours: Calendar['hours'][number] | undefined }) {
  return (
    <div className="min-w-0 rounded-md border border-line px-3 py-2.5">
      <fieldset className="flex min-w-0 flex-wrap gap-x-3 gap-y-1">
        <legend className="sr-only">Days on which hours {index + 1} begin</legend>
        {WEEKDAYS.map((day) => (
          <label key={day} className="flex min-h-6 items-center gap-1.5 text-sm">
            <input
              type="checkbox"
              name={`days${index}[]`}
              value={day}
              defaultChecked={hours?.days.includes(day) ?? false}
              className="size-4 accent-accent"
            />
            {DAYS[day - 1]}
          </label>
        ))}
      </fieldset>
      <div className="mt-2 grid grid-cols-2 gap-3">
        <InputField
          name={`opens${index}`}
          label="From"
          type="time"
          defaultValue={hours === undefined ? '' : clockWords(hours.fromMinute)}
        />
        <InputField
          name={`closes${index}`}
          label="To"
          type="time"
          defaultValue={hours === undefined ? '' : clockWords(hours.toMinute % 1_440)}
        />
      </div>
    </div>
  );
}
