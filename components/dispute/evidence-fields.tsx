import { FileField } from '#components/ui/file-field.tsx';
import { InputField, TextareaField } from '#components/ui/form-fields.tsx';
import { MOST_EVIDENCE_CHARACTERS, MOST_TITLE_CHARACTERS } from '#lib/trust/evidence.ts';
import { MEDIA_TYPES, MEDIA_WORDS, MOST_FILE_BYTES, MOST_FILES } from '#lib/trust/evidence-file.ts';
import { MOST_PICTURE_MEGAPIXELS } from '#lib/trust/picture.ts';

/** A piece of evidence beside what is said: text, like the output of a program, or a file. */
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
        <FileField
          name="evidenceFile"
          label="A file"
          hint={`${MEDIA_WORDS}, at most ${MOST_FILE_BYTES / 1_000} kB; ${MOST_FILES} of each side in all. Both sides and the admins can see and save it; pictures of up to ${MOST_PICTURE_MEGAPIXELS} megapixels are shown. A picture holds what your camera wrote into it, maybe the place.`}
          accept={MEDIA_TYPES.join(',')}
          mostBytes={MOST_FILE_BYTES}
          tooLarge={`A file has at most ${MOST_FILE_BYTES / 1_000} kB. Send a picture as JPEG, or a part of a log.`}
        />
      </div>
    </details>
  );
}
