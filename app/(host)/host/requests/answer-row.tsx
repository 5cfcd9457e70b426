import Link from 'next/link';
import { ActionForm } from '#components/ui/action-form.tsx';
import { Badge } from '#components/ui/badge.tsx';
import { InputField, SelectField } from '#components/ui/form-fields.tsx';
import { exactly } from '#components/ui/instant.ts';
import { Money } from '#components/ui/money.tsx';
import { SubmitButton } from '#components/ui/submit-button.tsx';
import { dollarsInput, minMicros } from '#lib/base/money.ts';
import type { RequestForHost, ServingMachine } from '#lib/bookings/standing-view.ts';
import { answer, withdraw } from './actions.ts';

const HOLDS = [
  [3_600, '1 hour'],
  [6 * 3_600, '6 hours'],
  [86_400, '1 day'],
  [3 * 86_400, '3 days'],
  [7 * 86_400, '7 days'],
] as const;

/** One machine of the host for one request: its price, or what it was answered with. */
export function AnswerRow({ request, machine }: { request: RequestForHost; machine: ServingMachine }) {
  const given = machine.answer;
  const key = `${request.id}-${machine.machineId}`;
  return (
    <li className="flex flex-wrap items-end justify-between gap-x-6 gap-y-3 border-line border-t px-4 py-3.5 sm:px-5">
      <div className="min-w-0 flex-1 basis-56">
        <p className="flex flex-wrap items-center gap-x-2 gap-y-1">
          <Link href={`/host/machines/${machine.machineId}`} className="link font-medium [overflow-wrap:anywhere]">
            {machine.name}
          </Link>
          {machine.free ? <Badge tone="good">free now</Badge> : <Badge>taken now</Badge>}
        </p>
        <p className="text-muted text-sm">
          {machine.gpuModel}, listed for <Money micros={machine.listedMicrosPerGpuHour} per="GPU-hour" />
        </p>
      </div>
      {given === null ? (
        <ActionForm action={answer}>
          <input type="hidden" name="requestId" value={request.id} />
          <input type="hidden" name="machineId" value={machine.machineId} />
          <fieldset aria-label={`Answer with ${machine.name}`} className="flex min-w-0 flex-wrap items-end gap-3">
            <InputField
              name="price"
              id={`price-${key}`}
              label="Your price"
              before="$"
              after="per GPU-hour"
              inputMode="decimal"
              autoComplete="off"
              required
              defaultValue={dollarsInput(minMicros(machine.listedMicrosPerGpuHour, request.maxPriceMicrosPerGpuHour))}
              className="w-60 max-w-full"
            />
            <SelectField name="holds" id={`holds-${key}`} label="Holds for" defaultValue="86400" className="w-32">
              {HOLDS.map(([seconds, label]) => (
                <option key={seconds} value={seconds}>
                  {label}
                </option>
              ))}
            </SelectField>
            <SubmitButton pendingLabel="Answering…">Answer</SubmitButton>
          </fieldset>
        </ActionForm>
      ) : (
        <ActionForm action={withdraw}>
          <input type="hidden" name="answerId" value={given.id} />
          <div className="flex flex-wrap items-center gap-3">
            <p className="text-sm">
              answered with <Money micros={given.priceMicrosPerGpuHour} per="GPU-hour" className="font-semibold" />
              <span className="block text-muted">holds until {exactly(given.expiresAt, 'UTC')}</span>
            </p>
            <SubmitButton variant="secondary" pendingLabel="Taking back…">
              Take back
            </SubmitButton>
          </div>
        </ActionForm>
      )}
    </li>
  );
}
