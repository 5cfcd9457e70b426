'use client';

import { Autocomplete } from '@base-ui/react/autocomplete';
import { Dialog } from '@base-ui/react/dialog';
import { CornerDownLeft } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useEffect, useState } from 'react';
import { type OwnThing, ownThings } from './own-things.ts';
import { pageDeeds } from './page-deeds.ts';
import { placesOf } from './places.ts';

type Deed = { readonly label: string; readonly words: string; readonly run: () => void };
type DeedGroup = { readonly value: string; readonly items: Deed[] };

type JumpDialogProps = {
  role: 'member' | 'admin' | null;
  open: boolean;
  onOpenChange: (open: boolean) => void;
};

/** Everything that can be reached from here, found by typing: this page's own actions, what is one's own, and every page. */
export default function JumpDialog({ role, open, onOpenChange }: JumpDialogProps) {
  const router = useRouter();
  const [groups, setGroups] = useState<DeedGroup[]>([]);

  useEffect(() => {
    if (!open) return;
    const link = ({ href, label, words = '' }: { href: string; label: string; words?: string }): Deed => ({
      label,
      words,
      run: () => router.push(href),
    });
    const here = pageDeeds(document).map(({ label, press }) => ({ label, words: '', run: press }));
    const places = placesOf(role === null ? null : { role }).map(({ title, places: each }) => ({
      value: title,
      items: each.map(link),
    }));
    const show = (own: readonly OwnThing[]) =>
      setGroups(
        [{ value: 'On this page', items: here }, { value: 'Yours', items: own.map(link) }, ...places].filter(
          ({ items }) => items.length > 0,
        ),
      );
    show([]);
    if (role === null) return;
    const closed = new AbortController();
    ownThings(closed.signal).then(show, () => undefined);
    return () => closed.abort();
  }, [open, role, router]);

  const run = (deed: Deed) => {
    onOpenChange(false);
    // After the dialog has given the focus back, so that what is pressed may take it.
    setTimeout(deed.run, 0);
  };
  return (
    <Dialog.Root open={open} onOpenChange={(next) => onOpenChange(next)}>
      <Dialog.Portal>
        <Dialog.Backdrop className="fixed inset-0 z-40 bg-scrim transition-opacity duration-100 data-ending-style:opacity-0 data-starting-style:opacity-0" />
        <Dialog.Viewport className="fixed inset-0 z-40 flex items-start justify-center p-3 pt-[max(0.75rem,12vh)]">
          <Dialog.Popup
            aria-label="Jump to"
            className="flex max-h-[70dvh] w-full max-w-xl flex-col overflow-hidden rounded-xl border border-line bg-raised shadow-dialog outline-none"
          >
            <Autocomplete.Root
              open
              inline
              items={groups}
              autoHighlight="always"
              keepHighlight
              itemToStringValue={(deed: Deed) => `${deed.label} ${deed.words}`}
            >
              <Autocomplete.Input
                aria-label="Jump to"
                placeholder="Jump to a page, a booking, a machine or an action…"
                className="h-12 w-full border-line border-b bg-transparent px-4 text-base outline-none placeholder:text-muted"
              />
              <Autocomplete.Empty>
                <p className="px-4 py-6 text-center text-muted">Nothing here is called that.</p>
              </Autocomplete.Empty>
              <Autocomplete.List className="min-h-0 overflow-y-auto overscroll-contain p-1.5 empty:p-0">
                {(group: DeedGroup) => (
                  <Autocomplete.Group key={group.value} items={group.items} className="pb-1.5">
                    <Autocomplete.GroupLabel className="px-2.5 pt-1.5 pb-1 font-medium text-muted text-xs">
                      {group.value}
                    </Autocomplete.GroupLabel>
                    <Autocomplete.Collection>
                      {(deed: Deed) => (
                        <Autocomplete.Item
                          key={deed.label}
                          value={deed}
                          onClick={() => run(deed)}
                          className="group flex min-h-9 cursor-default items-center gap-2 rounded-sm px-2.5 py-1 outline-none data-highlighted:bg-hover"
                        >
                          <span className="min-w-0 flex-1 truncate">{deed.label}</span>
                          <CornerDownLeft
                            aria-hidden
                            className="size-3.5 text-muted opacity-0 group-data-highlighted:opacity-100"
                          />
                        </Autocomplete.Item>
                      )}
                    </Autocomplete.Collection>
                  </Autocomplete.Group>
                )}
              </Autocomplete.List>
            </Autocomplete.Root>
          </Dialog.Popup>
        </Dialog.Viewport>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
