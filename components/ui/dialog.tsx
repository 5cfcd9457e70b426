'use client';

import { Dialog as Base } from '@base-ui/react/dialog';
import { X } from 'lucide-react';
import type { ReactNode } from 'react';
import { type ButtonSize, type ButtonVariant, buttonLook } from './button-look.ts';

type DialogProps = {
  /** What the button says that opens it; omit it and give `open` to open it from elsewhere. */
  trigger?: ReactNode;
  variant?: ButtonVariant | undefined;
  size?: ButtonSize | undefined;
  title: ReactNode;
  description?: ReactNode;
  children: ReactNode;
  /** Wider, for tables and forms in two columns. */
  wide?: boolean | undefined;
  open?: boolean | undefined;
  onOpenChange?: (open: boolean) => void;
};

/** A dialog over the page. Focus goes in and comes back; Escape and the cross close it. */
export function Dialog({
  trigger,
  variant,
  size,
  title,
  description,
  children,
  wide,
  open,
  onOpenChange,
}: DialogProps) {
  return (
    <Base.Root {...(open !== undefined && { open })} onOpenChange={(next) => onOpenChange?.(next)}>
      {trigger !== undefined && <Base.Trigger className={buttonLook(variant, size)}>{trigger}</Base.Trigger>}
      <Base.Portal>
        <Base.Backdrop className="fixed inset-0 z-40 bg-scrim transition-opacity duration-150 data-ending-style:opacity-0 data-starting-style:opacity-0" />
        <Base.Viewport className="fixed inset-0 z-40 flex items-start justify-center overflow-y-auto p-3 pt-[max(0.75rem,10vh)]">
          <Base.Popup
            className={`relative w-full rounded-xl border border-line bg-raised shadow-dialog outline-none transition duration-150 ease-settle data-ending-style:translate-y-1 data-starting-style:translate-y-1 data-ending-style:opacity-0 data-starting-style:opacity-0 ${wide ? 'max-w-3xl' : 'max-w-md'}`}
          >
            <header className="pt-4 pr-12 pl-5">
              <Base.Title className="font-semibold text-lg [overflow-wrap:anywhere]">{title}</Base.Title>
              {description && <Base.Description className="mt-1 text-muted">{description}</Base.Description>}
            </header>
            <div className="px-5 pt-4 pb-5">{children}</div>
            <Base.Close
              aria-label="Close"
              className="absolute top-3 right-3 inline-flex size-8 items-center justify-center rounded-md text-muted hover:bg-hover hover:text-ink"
            >
              <X aria-hidden className="size-4" />
            </Base.Close>
          </Base.Popup>
        </Base.Viewport>
      </Base.Portal>
    </Base.Root>
  );
}
