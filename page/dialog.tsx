import type { ComponentChildren, TargetedSubmitEvent } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { refresh, unanswered } from './api.ts';

/** What a person is asked before something is done. */
export interface DialogProps {
  readonly title: string;
  /** The word on the button that does it. */
  readonly action: string;
  readonly isDangerous?: boolean;
  /** What is asked for: fields with names. */
  readonly children: ComponentChildren;
  /** Does it, with what stands in the fields. @throws Unanswered, which is told in the dialog */
  readonly onAction: (fields: Readonly<Record<string, string>>) => Promise<void>;
  readonly onClose: () => void;
}

/** Asks, does it, and stays open with the reason when it was refused. */
function Dialog({ title, action, isDangerous, children, onAction, onClose }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [problem, setProblem] = useState<string>();
  const [isBusy, setBusy] = useState(false);
  useEffect(() => dialog.current?.showModal(), []);

  async function submit(event: TargetedSubmitEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault();
    const fields = [...new FormData(event.currentTarget)].map(([name, value]) => [
      name,
      String(value).trim(),
    ]);
    setBusy(true);
    setProblem(undefined);
    try {
      await onAction(Object.fromEntries(fields));
      refresh();
      dialog.current?.close();
    } catch (error) {
      setProblem(unanswered(error).message);
      setBusy(false);
    }
  }

  return (
    <dialog ref={dialog} onClose={onClose} aria-labelledby="dialog-title">
      <form onSubmit={submit}>
        <h2 id="dialog-title">{title}</h2>
        {children}
        <p class="problem" role="alert">
          {problem}
        </p>
        <div class="buttons">
          <button type="button" onClick={() => dialog.current?.close()}>
            Cancel
          </button>
          <button type="submit" class={isDangerous ? 'danger' : 'primary'} disabled={isBusy}>
            {action}
          </button>
        </div>
      </form>
    </dialog>
  );
}

/** A button that opens a dialog. */
export function Asking({
  button,
  class: style,
  ...dialog
}: Omit<DialogProps, 'onClose'> & { readonly button: string; readonly class?: string }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <button type="button" class={style} onClick={() => setOpen(true)}>
        {button}
      </button>
      {isOpen && <Dialog {...dialog} onClose={() => setOpen(false)} />}
    </>
  );
}

/** A field with its name above it. */
export function Field({
  label,
  children,
}: {
  readonly label: string;
  children: ComponentChildren;
}) {
  return (
    // biome-ignore lint/a11y/noLabelWithoutControl: the control is among the children
    <label class="field">
      <span>{label}</span>
      {children}
    </label>
  );
}

/** A field for the label of a run, as long as the API takes it. */
export function LabelField({ label }: { readonly label: string }) {
  return (
    <Field label={label}>
      <input name="label" maxLength={100} autocomplete="off" />
    </Field>
  );
}
