import { InputField, TextareaField } from '#components/ui/form-fields.tsx';
import { MOST_EVIDENCE_CHARACTERS, MOST_TITLE_CHARACTERS } from '#lib/trust/evidence.ts';

/** A piece of evidence beside what is said: text, like the output of a program. */
export function EvidenceFields() {
  return (
    <details>
      <summary className="link inline-flex min-h-6 cursor-pointer items-center text-sm">Add evidence…</summary>
      <div className="mt-3 space-y-4">
        <InputField
          name="evidenceTitle"
          label="What it is"
          placeholder="nvidia-smi at 14:02"
          optional
          maxLength={MOST_TITLE_CHARACTERS}
        />
        <TextareaField
          name="evidenceText"
          label="Its text"
          hint="Output, a log, a configuration. It is kept with its SHA-256 and the time, and nobody can change it later."
          optional
          rows={6}
          maxLength={MOST_EVIDENCE_CHARACTERS}
          className="font-mono text-sm"
        />
      </div>
    </details>
  );
}
