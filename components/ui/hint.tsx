import { cloneElement, type ReactElement, type ReactNode, useId } from 'react';

type Explained = {
  children?: ReactNode;
  tabIndex?: number;
  'aria-describedby'?: string;
  'data-hint'?: '';
};

type HintProps = {
  /** What it says; line breaks are kept. Nothing that cannot be learnt elsewhere on the page. */
  text: string;
  /** One element that takes props: it becomes focusable if it is not. */
  children: ReactElement<Explained>;
};

/** A word of explanation on hover and focus, also said by screen readers. It needs no script of its own: HintLayer draws the bubble. */
export function Hint({ text, children }: HintProps) {
  const id = useId();
  return (
    <>
      {cloneElement(children, { tabIndex: 0, 'aria-describedby': id, 'data-hint': '' })}
      <span id={id} hidden>
        {text}
      </span>
    </>
  );
}
