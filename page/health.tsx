import type { Health } from '../client/index.js';
import { go } from './address.ts';
import { api, given, usePoll } from './api.ts';
import { Asking, Field, LabelField } from './dialog.tsx';
import { Fact } from './fact.tsx';
import { Mark } from './state.tsx';
import { Ago, durationText, Time } from './time.tsx';

const LOOKS = {
  Ok: { tone: 'good', shape: 'check', word: 'The monitor is well' },
  Degraded: { tone: 'warn', shape: 'triangle', word: 'The monitor needs a look' },
  Failing: { tone: 'bad', shape: 'cross', word: 'The monitor needs somebody now' },
} as const;

/** How the monitor itself is, on every view; all about it when it is opened. */
export function HealthStrip() {
  const { data: health } = usePoll('health', async () => {
    const answer = await api.GET('/health');
    // 503 says that somebody has to act, and how the monitor is all the same.
    return isHealth(answer.error) ? { data: answer.error, response: new Response(null) } : answer;
  });
  if (!health) return <div class="health">Asking how the monitor is…</div>;
  const { tone, shape, word } = LOOKS[health.status];
  const problems = problemsOf(health);
  return (
    <details class={`health ${tone}`}>
      <summary>
        <Mark tone={tone} shape={shape}>
          {word}
        </Mark>
        {problems[0] && <span class="first">{problems[0].what}</span>}
        <span class="muted">
          {health.lastSweepAt ? (
            <>
              <span class="wide">looked </span>
              <Ago at={health.lastSweepAt} />
            </>
          ) : (
            'has not looked yet'
          )}
        </span>
      </summary>
      {problems.length > 0 && (
        <ul class="remarks">
          {problems.map(({ what, action }) => (
            <li key={what}>
              {what} {action}
            </li>
          ))}
        </ul>
      )}
      <Facts health={health} />
      <TestAlert />
    </details>
  );
}

function isHealth(error: unknown): error is Health {
  return typeof error === 'object' && error !== null && 'pendingIsPartial' in error;
}

/** What is wrong, the gravest first, and what to do. */
function problemsOf({ pause, outage, troubles, listeners, iModels, mail, lastSweepAt }: Health) {
  const problems: { readonly what: string; readonly action: string }[] = [];
  const add = (what: string, action = '') => problems.push({ what, action });
  for (const trouble of [pause, outage, ...troubles]) {
    if (trouble) add(trouble.meaning, trouble.action);
  }
  if (lastSweepAt === null) add('No sweep was completed yet.');
  if (listeners?.confirmed === 0) add('Nobody gets alerts.', 'Subscribe somebody.');
  if (listeners?.operators === 0) add('Nobody gets notices.', 'Subscribe somebody.');
  if (listeners && listeners.vanished > 0)
    add(`Subscriptions that are gone: ${listeners.vanished}.`);
  if (listeners && listeners.unconfirmed > 0) {
    add(`Subscriptions not confirmed for a day: ${listeners.unconfirmed}.`);
  }
  for (const { label, iModelId, message, action } of iModels.troubles) {
    add(`${label ?? iModelId}: ${message}`, action);
  }
  if (mail?.status === 'Down') add('The mail server takes no mail.', mail.lastError ?? '');
  return problems;
}

function Facts({ health }: { readonly health: Health }) {
  const { pending, pendingIsPartial, lagSeconds, listeners, lastPassCompletedAt, mail } = health;
  return (
    <dl class="facts">
      <Fact name="Under way">
        {pending.toLocaleString()}
        {pendingIsPartial && ' or more'}
      </Fact>
      <Fact name="Each was checked within">
        {lagSeconds !== null && durationText(lagSeconds * 1_000)}
      </Fact>
      <Fact name="All were checked">
        {lastPassCompletedAt && <Time at={lastPassCompletedAt} isExact />}
      </Fact>
      <Fact name="Get alerts">
        {listeners?.confirmed}
        {listeners && listeners.pending > 0 && `, ${listeners.pending} not confirmed`}
      </Fact>
      <Fact name="Mails not sent yet">{mail?.owed}</Fact>
    </dl>
  );
}

const TRIED = ['Failed', 'Succeeded', 'PartiallySucceeded', 'TimedOut', 'StillRunning'] as const;

function TestAlert() {
  return (
    <Asking
      button="Send a test alert…"
      title="Send a test alert"
      action="Send"
      onAction={async ({ state, label }) => {
        const known = TRIED.find((one) => one === state) ?? 'Failed';
        const body = { state: known, ...(label && { label }) };
        const { jobId } = given(await api.POST('/alerts/test', { body }));
        go({ name: 'run', jobId });
      }}
    >
      <p>All who get such alerts get this one. It says that it is a test.</p>
      <Field label="What it tells">
        <select name="state">
          {TRIED.map((state) => (
            <option key={state}>{state}</option>
          ))}
        </select>
      </Field>
      <LabelField label="Label of the run" />
    </Asking>
  );
}
