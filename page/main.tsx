import { render } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { go, hrefOf, lastList, useView, type View, viewOf } from './address.ts';
import { api, given, outage } from './api.ts';
import { Asking, Field, LabelField } from './dialog.tsx';
import { HealthStrip } from './health.tsx';
import { arrive, invitation, signIn } from './sign-in.ts';
import { Ago } from './time.tsx';
import { IModels } from './views/imodels.tsx';
import { Now } from './views/now.tsx';
import { Run } from './views/run.tsx';
import { Runs } from './views/runs.tsx';

const TITLES = { now: 'Now', runs: 'Runs', run: 'Run', imodels: 'iModels' } as const;

function Page() {
  const view = useView();
  const reason = invitation.use();
  const main = useRef<HTMLElement>(null);
  useEffect(() => {
    document.title = `${TITLES[view.name]} · Extraction Monitor`;
    return () => {
      // It went with what was shown, and the next Tab would be at the head of the page.
      if (document.activeElement === document.body) main.current?.focus();
    };
  }, [view.name]);
  return (
    <>
      <button type="button" class="skip" onClick={() => main.current?.focus()}>
        To the content
      </button>
      <header class="top">
        <a class="mark" href={hrefOf({ name: 'now' })}>
          <img src="icon.svg" alt="" width="24" height="24" />
          <span>Extraction Monitor</span>
        </a>
        <nav>
          <Tab view={{ name: 'now' }} isCurrent={view.name === 'now'} />
          <Tab view={{ name: 'runs', filter: {} }} isCurrent={view.name === 'runs'} />
          <Tab view={{ name: 'imodels' }} isCurrent={view.name === 'imodels'} />
        </nav>
        {reason === undefined && <Register />}
      </header>
      <Outage />
      {reason === undefined && <HealthStrip />}
      <main ref={main} tabIndex={-1}>
        {reason === undefined ? <Shown view={view} /> : <SignIn reason={reason} />}
      </main>
      <footer>
        <kbd>/</kbd> find · <kbd>j</kbd> <kbd>k</kbd> down, up · <kbd>Enter</kbd> open ·{' '}
        <kbd>Esc</kbd> back · Bars are thin while a run waits, and thick while it runs.
      </footer>
    </>
  );
}

function Tab({ view, isCurrent }: { readonly view: View; readonly isCurrent: boolean }) {
  return (
    <a href={hrefOf(view)} aria-current={isCurrent ? 'page' : undefined}>
      {TITLES[view.name]}
    </a>
  );
}

function Shown({ view }: { readonly view: View }) {
  switch (view.name) {
    case 'now':
      return <Now />;
    case 'runs':
      return <Runs filter={view.filter} />;
    case 'run':
      return <Run key={view.jobId} jobId={view.jobId} />;
    case 'imodels':
      return <IModels />;
  }
}

function SignIn({ reason }: { readonly reason: string }) {
  return (
    <div class="sign-in">
      <h1 class="sr">Sign in</h1>
      <p>{reason}</p>
      <button type="button" class="primary" onClick={signIn}>
        Sign in
      </button>
    </div>
  );
}

/** Says so when what is shown may be old. */
function Outage() {
  const current = outage.use();
  return (
    <div role="status">
      {current && (
        <p class="outage">
          {current.message} What you see is as it was{' '}
          <Ago at={new Date(current.since).toISOString()} />. Trying again.
        </p>
      )}
    </div>
  );
}

function Register() {
  return (
    <Asking
      button="Register a run…"
      title="Register a run"
      action="Watch it"
      onAction={async ({ run = '', label = '' }) => {
        const named = /^https?:/.test(run) ? { statusUrl: run } : { jobId: run };
        const body = { ...named, timeoutMinutes: 1_440, ...(label && { label }) };
        const { jobId } = given(await api.POST('/jobs', { body }));
        go({ name: 'run', jobId });
      }}
    >
      <Field label="Link to its status, or the id of a Reporting run">
        <input name="run" required autocomplete="off" placeholder="40f71ed2-31a3-45d3-bce0-…" />
      </Field>
      <LabelField label="What to call it" />
    </Asking>
  );
}

/** The keys that go through the page without a mouse. */
function press(event: KeyboardEvent): void {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (document.querySelector('dialog[open]')) return;
  if (event.target instanceof HTMLElement && event.target.matches('input, select, textarea')) {
    if (event.key === 'Escape') event.target.blur();
    return;
  }
  const done = KEYS[event.key]?.();
  if (done) event.preventDefault();
}

/** What each key does. @returns whether it did anything */
const KEYS: Readonly<Record<string, () => boolean>> = {
  j: () => moveBy(1),
  k: () => moveBy(-1),
  '/': find,
  Escape: goBack,
};

function moveBy(step: number): boolean {
  const rows = [...document.querySelectorAll<HTMLElement>('[data-row]')].filter((row) =>
    row.checkVisibility(),
  );
  const at = rows.indexOf(document.activeElement as HTMLElement);
  const next = rows[at === -1 ? 0 : Math.min(Math.max(at + step, 0), rows.length - 1)];
  next?.focus();
  return next !== undefined;
}

/** Goes where runs are found, if need be. */
function find(): boolean {
  if (!focusSearch()) {
    go({ name: 'runs', filter: {} });
    addEventListener('hashchange', () => requestAnimationFrame(focusSearch), { once: true });
  }
  return true;
}

/** @returns the field to search with: there is none before somebody has signed in */
function focusSearch(): HTMLElement | null {
  const field = document.querySelector<HTMLElement>('[data-search]');
  field?.focus();
  return field;
}

/** From a run to the list that it was opened from, and from there to what is going on. */
function goBack(): boolean {
  const { name } = viewOf(location.hash);
  if (name === 'now') return false;
  go(name === 'run' ? lastList() : { name: 'now' });
  return true;
}

document.addEventListener('keydown', press);
void arrive();
render(<Page />, document.body);
