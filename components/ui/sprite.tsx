import type { LucideIcon } from 'lucide-react';

/** Icons that a list shows in every row, drawn once on the page: {@link SpriteIcon} points at them. */
export function Sprite({ icons }: { icons: Readonly<Record<string, LucideIcon>> }) {
  return (
    <svg aria-hidden className="hidden">
      {Object.entries(icons).map(([name, Icon]) => (
        <symbol key={name} id={`icon-${name}`} viewBox="0 0 24 24">
          <Icon />
        </symbol>
      ))}
    </svg>
  );
}

/** An icon of the page's {@link Sprite}, in the colour of its text; its size is what stands around it's to say. */
export function SpriteIcon({ name }: { name: string }) {
  return (
    <svg aria-hidden>
      <use href={`#icon-${name}`} />
    </svg>
  );
}
