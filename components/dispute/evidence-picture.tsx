type EvidencePictureProps = {
  disputeId: string;
  evidenceId: string;
  /** The file’s own name: it is all that anybody said of what the picture shows. */
  name: string;
  /** Who sent it, in a sentence: “you”, a name, “the host”. */
  sentBy: string;
  picture: { readonly widthPixels: number; readonly heightPixels: number };
  /** As high as a few lines in a thread, or as large as there is room. */
  size: 'thumbnail' | 'whole';
};

const pictureHref = (disputeId: string, evidenceId: string) =>
  `/api/v1/disputes/${encodeURIComponent(disputeId)}/evidence/${encodeURIComponent(evidenceId)}/picture`;

/** An attached picture, which opens as it is: it comes from a response of its own in which nothing runs. */
export function EvidencePicture({ disputeId, evidenceId, name, sentBy, picture, size }: EvidencePictureProps) {
  const href = pictureHref(disputeId, evidenceId);
  const { widthPixels, heightPixels } = picture;
  return (
    <a
      href={href}
      target="_blank"
      rel="noreferrer"
      className="inline-block max-w-full rounded-md border bg-sunken p-1 hover:border-line-control"
    >
      {/* biome-ignore lint/performance/noImgElement: next/image would ask for it without its viewer's session, and keep a copy. */}
      <img
        src={href}
        alt={`${name}, sent by ${sentBy}`}
        width={widthPixels}
        height={heightPixels}
        loading="lazy"
        decoding="async"
        className={
          size === 'thumbnail'
            ? 'h-32 w-auto max-w-full object-contain text-xs'
            : 'h-auto max-h-[75dvh] w-auto max-w-full object-contain text-xs'
        }
      />
    </a>
  );
}
