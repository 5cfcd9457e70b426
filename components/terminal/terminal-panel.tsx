'use client';

import { SquareTerminal } from 'lucide-react';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { Callout } from '#components/ui/callout.tsx';
import type { FormAction } from '#components/ui/form-state.ts';
import { Kbd } from '#components/ui/kbd.tsx';
import { Panel } from '#components/ui/panel.tsx';
import type { TerminalState } from './connection.ts';
import type { Screen } from './screen.ts';

type TerminalPanelProps = {
  bookingId: string;
  open: FormAction;
  /** False on a simulated demo host. */
  executes: boolean;
  /** What else there is to do with terminals of this booking. */
  children?: ReactNode;
};

const READER = 'sublet.terminal.reader';
const WORDS = {
  connecting: 'Connecting …',
  open: 'Connected',
  again: 'Connection lost. Connecting again …',
} as const;

/** A shell in the page. Nothing of it is loaded before somebody opens it. */
export function TerminalPanel({ bookingId, open, executes, children }: TerminalPanelProps) {
  const [opened, setOpened] = useState(0);
  const [state, setState] = useState<TerminalState | null>(null);
  const [reads, setReads] = useState(false);
  const [note, setNote] = useState('');
  const place = useRef<HTMLDivElement>(null);
  const leave = useRef<HTMLButtonElement>(null);
  const screen = useRef<Screen | null>(null);
  const action = useRef(open);
  action.current = open;

  // Before this script runs a press would be lost.
  const [listens, setListens] = useState(false);
  useEffect(() => {
    setListens(true);
    setReads(localStorage.getItem(READER) === 'on');
  }, []);

  useEffect(() => {
    const here = place.current;
    if (opened === 0 || here === null) return;
    let gone = false;
    setState({ kind: 'connecting' });
    import('./screen.ts').then(
      ({ openScreen }) => {
        if (gone) return;
        screen.current = openScreen({
          place: here,
          bookingId,
          open: (before, form) => action.current(before, form),
          screenReader: localStorage.getItem(READER) === 'on',
          onState: setState,
          onTooMuch: () => setNote('That was not sent: what was typed before has not arrived yet.'),
          onLeave: () => leave.current?.focus(),
        });
      },
      () => setState({ kind: 'over', sentence: 'The terminal could not be loaded. Try again.', again: true }),
    );
    return () => {
      gone = true;
      screen.current?.close();
      screen.current = null;
    };
  }, [opened, bookingId]);

  const over = state?.kind === 'over';
  const close = () => {
    setOpened(0);
    setState(null);
    setNote('');
  };
  return (
    <Panel
      title="Terminal in this page"
      description={
        executes
          ? 'ssh from this browser to the container, with a key that it makes for this and nobody can read.'
          : 'This host is simulated: its shell says so and executes nothing.'
      }
      actions={
        opened > 0 && (
          <Button ref={leave} size="sm" onClick={close}>
            Close
          </Button>
        )
      }
      footer={
        <p>
          Market and gateway carry bytes that they cannot read. What you trust is the script of this page, which the
          market serves; with ssh of your own you trust that alone.
        </p>
      }
    >
      {opened === 0 ? (
        <div className="flex flex-wrap items-center gap-2">
          <Button
            variant="primary"
            disabledReason={listens ? null : 'The script of this page has not run yet; a terminal needs it.'}
            reasonAs="tip"
            onClick={() => setOpened((count) => count + 1)}
          >
            <SquareTerminal aria-hidden />
            Open a terminal
          </Button>
          {children}
        </div>
      ) : (
        <div className="space-y-3">
          <div className="flex min-h-6 flex-wrap items-center justify-between gap-x-4 gap-y-1 text-sm">
            <p role="status" className="text-muted">
              {state === null || state.kind === 'over' ? '' : WORDS[state.kind]} {note}
            </p>
            <label className="inline-flex min-h-6 items-center gap-2">
              <input
                type="checkbox"
                className="size-4 accent-accent"
                checked={reads}
                onChange={({ target }) => {
                  setReads(target.checked);
                  localStorage.setItem(READER, target.checked ? 'on' : 'off');
                  screen.current?.readAloud(target.checked);
                }}
              />
              For screen readers
            </label>
          </div>
          {over && (
            <Callout
              tone="warn"
              role="alert"
              title={state.sentence}
              action={
                state.again && (
                  <Button size="sm" onClick={() => setOpened((count) => count + 1)}>
                    Open again
                  </Button>
                )
              }
            />
          )}
          <div
            key={opened}
            ref={place}
            className="h-96 min-h-40 max-w-full resize-y overflow-hidden rounded-md border border-line-control bg-sunken p-2 font-mono focus-within:outline-2 focus-within:outline-accent"
          />
          <p className="text-muted text-sm">
            <Kbd>Shift</Kbd> <Kbd>F6</Kbd> leaves the terminal, to its Close button; <Kbd>Tab</Kbd> belongs to the shell
            while you are in it. <Kbd>Ctrl</Kbd> <Kbd>Shift</Kbd> <Kbd>C</Kbd> copies, and pasting works as everywhere.
          </p>
        </div>
      )}
    </Panel>
  );
}
