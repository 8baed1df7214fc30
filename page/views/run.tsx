import { type ComponentChildren, Fragment } from 'preact';
import type { Job } from '../../client/index.js';
import { api, given, usePoll } from '../api.ts';
import { Asking } from '../dialog.tsx';
import { Fact } from '../fact.tsx';
import { beginOf, nameOf } from '../rows.tsx';
import { JobState, State } from '../state.tsx';
import { Ago, Elapsed, Time, usualText } from '../time.tsx';

/** How the monitor's own ends are called, which can be watched again. */
const REOPENED = new Set(['NotFound', 'AccessDenied', 'TimedOut', 'Cancelled']);

/** How long (min) a watch is unless somebody says. */
const USUAL_WATCH = 1_440;

/** One run: what the mail about it says, as a page. */
export function Run({ jobId }: { readonly jobId: string }) {
  const { data: job, problem } = usePoll(`run ${jobId}`, () =>
    api.GET('/jobs/{jobId}', { params: { path: { jobId } } }),
  );
  if (problem) return <p class="empty">{problem.message}</p>;
  if (!job) return <p class="empty late">Asking…</p>;
  return (
    <article class="run">
      <header class="title">
        <div>
          <h1>
            <bdi>{nameOf(job)}</bdi>
          </h1>
          <p class="lead">
            <JobState job={job} />
            <span class="muted">
              {job.endedAt ? <Ago at={job.endedAt} /> : 'for '}
              {!job.endedAt && <Elapsed from={beginOf(job)} to={null} />}
            </span>
          </p>
        </div>
        <Actions job={job} />
      </header>
      {job.isTest && <p class="remark">Made up to try alerts out: there is no such run.</p>}
      {job.reason !== null && (
        <Part title={job.state === 'Failed' ? 'Why it failed' : 'What is said of it'}>
          <blockquote dir="auto">{job.reason}</blockquote>
        </Part>
      )}
      <Trouble job={job} />
      <Logs logs={job.logs} />
      <Part title="History">
        <History job={job} />
      </Part>
      <Part title="Facts">
        <Facts job={job} />
      </Part>
    </article>
  );
}

function Part({ title, children }: { readonly title: string; children: ComponentChildren }) {
  return (
    <section>
      <h2>{title}</h2>
      {children}
    </section>
  );
}

function Actions({ job }: { readonly job: Job }) {
  const { jobId, kind, connectionId, connectionType, label } = job;
  if (job.isTest) return null;
  if (!job.endedAt) {
    return (
      <Asking
        button="Stop watching"
        title="Stop watching this run?"
        action="Stop watching"
        isDangerous
        onAction={async () => {
          given(await api.DELETE('/jobs/{jobId}', { params: { path: { jobId } } }));
        }}
      >
        <p>The run itself goes on. Nobody is told how it ends.</p>
      </Asking>
    );
  }
  if (!REOPENED.has(job.state)) return null;
  return (
    <Asking
      button="Watch again"
      class="primary"
      title="Watch this run again?"
      action="Watch again"
      onAction={async () => {
        const body = {
          ...{ jobId, kind, timeoutMinutes: USUAL_WATCH },
          ...(connectionId && { connectionId }),
          ...(connectionType && { connectionType }),
          ...(label && { label }),
        };
        given(await api.POST('/jobs', { body }));
      }}
    >
      <p>It is watched for another day, and its end is told as that of any other.</p>
    </Asking>
  );
}

/** What is wrong with the watch of a run, or was to its end. */
function Trouble({ job }: { readonly job: Job }) {
  const { missing, lastError, failedChecks, remindedAt, endedAt } = job;
  if (!missing && !lastError && !remindedAt) return null;
  return (
    <ul class="remarks">
      {missing && (
        <li>
          The iTwin Platform answers {missing.status ?? '404 or 403'} for this run, since{' '}
          <Time at={missing.since} />.
        </li>
      )}
      {lastError && (
        <li>
          {failedChecks === 1 ? 'The last check' : `The last ${failedChecks} checks`} failed,{' '}
          <Ago at={lastError.at} />: <bdi>{lastError.message}</bdi>
        </li>
      )}
      {remindedAt && (
        <li>
          It {endedAt ? 'took' : 'takes'} longer than was expected; a reminder was due{' '}
          <Ago at={remindedAt} />.
        </li>
      )}
    </ul>
  );
}

function Logs({ logs }: Pick<Job, 'logs'>) {
  if (logs === null) return null;
  if (logs.kind === 'Unread') {
    return (
      <Part title="Its logs could not be read">
        <blockquote dir="auto">{logs.reason}</blockquote>
      </Part>
    );
  }
  const { entries, isPartial, counts, messages } = logs;
  return (
    <Part title="What its logs say">
      <ul class="counts">
        {counts.map(({ level, category, count }) => (
          <li key={`${level} ${category}`}>
            <b class="number">{count.toLocaleString()}</b>{' '}
            <bdi>
              {level} · {category}
            </bdi>
          </li>
        ))}
      </ul>
      <ol class="messages">
        {messages.map(({ level, category, message }) => (
          <li key={`${level} ${category} ${message}`}>
            <span class={`level ${toneOfLevel(level)}`}>
              <bdi>{level}</bdi>
            </span>
            <bdi>{message}</bdi>
          </li>
        ))}
      </ol>
      <p class="note">
        {isPartial ? 'Of the first ' : 'Of '}
        {entries.toLocaleString()} {entries === 1 ? 'entry' : 'entries'}, the gravest first.
      </p>
    </Part>
  );
}

function toneOfLevel(level: string): string {
  if (/error|critical|fatal/i.test(level)) return 'bad';
  return /warn/i.test(level) ? 'warn' : 'off';
}

/** Every change of state, each with how long it lasted. */
function History({ job }: { readonly job: Job }) {
  const first = { to: 'Registered', at: job.registeredAt, reason: null };
  const { transitions, transitionsDropped } = job;
  // Of one that is watched again it would be later than what was before: its first time is on record no more.
  // By time alone, a clock that was set back would make it one.
  const isAgain = transitions.some(
    ({ to, at }) => to === first.to || (transitionsDropped && at < first.at),
  );
  const steps = isAgain ? transitions : [first, ...transitions];
  // What is left out is behind the tenth change: that would seem to have lasted until the next that was kept.
  const gap = transitionsDropped > 0 ? steps.length - transitions.length + 9 : -1;
  return (
    <ol class="history">
      {steps.map(({ to, at, reason }, i) => {
        const next = steps[i + 1]?.at ?? null;
        const hasLength = i !== gap && !(next === null && job.endedAt);
        return (
          <Fragment key={`${at} ${to}`}>
            <li>
              <State name={to} />
              <Time at={at} isExact />
              <span class="muted">{hasLength && <Elapsed from={at} to={next} />}</span>
              {reason !== null && next !== null && <bdi class="why">{reason}</bdi>}
            </li>
            {i === gap && <li>{transitionsDropped} more left out.</li>}
          </Fragment>
        );
      })}
    </ol>
  );
}

function Facts({ job }: { readonly job: Job }) {
  const { iModelId, startedAt, endedAt, remindAt, alert } = job;
  const ended = endedAt && (
    <>
      {job.endedBeforeFirstSeen && 'before '}
      <Time at={endedAt} isExact />
    </>
  );
  return (
    <dl class="facts">
      <Fact name="Run">{job.jobId}</Fact>
      <Fact name="Kind">{job.kind}</Fact>
      <Fact name="Connection">
        {job.connectionId && `${job.connectionId} (${job.connectionType})`}
      </Fact>
      <Fact name="iModel">{job.iModelName ?? iModelId}</Fact>
      <Fact name="Id of the iModel">{job.iModelName && iModelId}</Fact>
      <Fact name="Began">{startedAt && <Time at={startedAt} isExact />}</Fact>
      <Fact name="Watched since">
        <Time at={job.registeredAt} isExact />
      </Fact>
      <Fact name="Watched by">{job.registeredBy}</Fact>
      <Fact name="Ended">{ended}</Fact>
      <Fact name="Stopped by">{job.cancelledBy}</Fact>
      <Fact name="Watched until">{!endedAt && <Time at={job.timeoutAt} />}</Fact>
      <Fact name="Usually">{job.usualLength && usualText(job.usualLength)}</Fact>
      <Fact name="Reminder">{remindAt && <Time at={remindAt} />}</Fact>
      <Fact name="Alert">
        {alert?.status === 'Owed' && 'not sent yet'}
        {alert?.sentAt && (
          <>
            sent <Ago at={alert.sentAt} />
          </>
        )}
      </Fact>
    </dl>
  );
}
