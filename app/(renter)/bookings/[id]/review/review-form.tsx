import { ActionForm } from '#components/ui/action-form.tsx';
import { SelectField, TextareaField } from '#components/ui/form-fields.tsx';
import { SubmitButton } from '#components/ui/submit-button.tsx';
import type { RentalReviews } from '#lib/trust/queries/own-reviews.ts';
import {
  LOW_SCORE,
  MOST_REASON_CHARACTERS,
  MOST_REVIEW_CHARACTERS,
  SCORES,
  SCORES_IN_WORDS,
} from '#lib/trust/review.ts';
import { reviewHost, reviewRenter } from './actions.ts';

const HINTS = {
  asDescribed: 'GPUs, memory, disk and place were what the offer said',
  startUp: 'From booking to a shell',
  stability: 'It ran without interruption',
  network: 'Bandwidth, and reaching it',
  support: 'Answers when something was asked',
  value: 'What you got for the money',
} as const;

/** Where one side writes what it says of the other, or changes it while nobody reads it. */
export function ReviewForm({ reviews }: { reviews: RentalReviews }) {
  const { booking, side, mine } = reviews;
  return (
    <ActionForm action={side === 'renter' ? reviewHost : reviewRenter}>
      <input type="hidden" name="bookingId" value={booking.id} />
      <div className="space-y-4">
        {side === 'renter' ? (
          <div className="grid grid-cols-[minmax(0,1fr)] gap-4 sm:grid-cols-2">
            {SCORES.map((name) => (
              <ScoreField
                key={name}
                name={name}
                label={SCORES_IN_WORDS[name]}
                hint={HINTS[name]}
                score={mine?.scores?.[name]}
              />
            ))}
          </div>
        ) : (
          <ScoreField
            name="conduct"
            label="Conduct of the renter"
            hint="Fair use of the machine, and answers when something was asked"
            score={mine?.conduct ?? undefined}
          />
        )}
        <TextareaField
          name="reason"
          label="Why not more"
          hint={`Needed where a score is ${LOW_SCORE} or less.`}
          optional
          rows={2}
          maxLength={MOST_REASON_CHARACTERS}
          defaultValue={mine?.reason ?? ''}
        />
        <TextareaField
          name="text"
          label="What others should know"
          hint="Everybody reads it when it is shown. No names, addresses or secrets."
          optional
          rows={5}
          maxLength={MOST_REVIEW_CHARACTERS}
          defaultValue={mine?.text ?? ''}
        />
        <SubmitButton pendingLabel="Keeping…">{mine === null ? 'Write the review' : 'Change the review'}</SubmitButton>
      </div>
    </ActionForm>
  );
}

type ScoreFieldProps = { name: string; label: string; hint: string; score: number | undefined };

function ScoreField({ name, label, hint, score }: ScoreFieldProps) {
  return (
    <SelectField name={name} label={label} hint={hint} required defaultValue={score === undefined ? '' : String(score)}>
      <option value="" disabled>
        Choose
      </option>
      <option value="5">5, excellent</option>
      <option value="4">4, good</option>
      <option value="3">3, all right</option>
      <option value="2">2, poor</option>
      <option value="1">1, bad</option>
    </SelectField>
  );
}
