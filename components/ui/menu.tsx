'use client';

import { Menu as Base } from '@base-ui/react/menu';
import { Ellipsis } from 'lucide-react';
import Link from 'next/link';
import type { ReactNode } from 'react';
import { type ButtonSize, type ButtonVariant, buttonLook } from './button-look.ts';
import { cn } from './cn.ts';

export type MenuEntry =
  | { label: ReactNode; href: string; icon?: ReactNode }
  | {
      label: ReactNode;
      onSelect: () => void;
      icon?: ReactNode;
      danger?: boolean | undefined;
      disabledReason?: string | undefined;
    }
  | 'line';

type MenuProps = {
  /** Names the button: "More actions for this machine". */
  label: string;
  entries: readonly MenuEntry[];
  /** What the button shows; three dots otherwise. */
  trigger?: ReactNode;
  variant?: ButtonVariant | undefined;
  size?: ButtonSize | undefined;
};

const ITEM =
  'flex min-h-8 w-full items-center gap-2 rounded-sm px-2.5 py-1 text-left outline-none data-highlighted:bg-hover data-disabled:cursor-not-allowed data-disabled:text-muted [&_svg]:size-4 [&_svg]:text-muted';

/** Actions that do not earn a button of their own. */
export function Menu({ label, entries, trigger, variant = 'ghost', size = 'md' }: MenuProps) {
  return (
    <Base.Root modal={false}>
      <Base.Trigger aria-label={label} className={buttonLook(variant, size, trigger === undefined ? 'px-2' : '')}>
        {trigger ?? <Ellipsis aria-hidden />}
      </Base.Trigger>
      <Base.Portal>
        <Base.Positioner sideOffset={5} align="end" collisionPadding={8} className="z-50 outline-none">
          <Base.Popup className="min-w-48 max-w-[min(20rem,calc(100vw-1rem))] rounded-lg border border-line bg-raised p-1 shadow-raised outline-none transition-opacity duration-100 data-ending-style:opacity-0 data-starting-style:opacity-0">
            {entries.map((entry, index) =>
              entry === 'line' ? (
                <Base.Separator key={index} className="-mx-1 my-1 h-px bg-line" />
              ) : 'href' in entry ? (
                <Base.LinkItem key={index} render={<Link href={entry.href} />} closeOnClick className={ITEM}>
                  {entry.icon}
                  {entry.label}
                </Base.LinkItem>
              ) : (
                <Base.Item
                  key={index}
                  onClick={entry.onSelect}
                  disabled={entry.disabledReason !== undefined}
                  className={cn(ITEM, entry.danger && 'text-bad-ink')}
                >
                  {entry.icon}
                  <span className="min-w-0">
                    {entry.label}
                    {entry.disabledReason && <span className="block text-xs">{entry.disabledReason}</span>}
                  </span>
                </Base.Item>
              ),
            )}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}
