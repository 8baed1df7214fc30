import type { Health, TestAlert } from '../../client/index.js';
import { accepted } from '../api/accepted.ts';
import type { Api } from '../api/connect.ts';
import type { Cli, Context } from '../context.ts';
import { EXIT } from '../errors.ts';
import { JOB_ALERT_STATES, KINDS, last } from '../option-values.ts';
import type { Screen } from '../screen.ts';
import { plain } from '../text.ts';

/** Wide enough for every name of a fact. */
const NAME_WIDTH = 15;

/** `health`: how the monitor is, and what to do about it. */
export function addHealth(cli: Cli, context: Context): Cli {
  return cli.command(
    'health',
    'Tell how the monitor is, and what to do',
    (command) =>
      command
        .example('$0 health', 'Whether sweeps come, upstream answers, and somebody is told')
        .epilogue('Exits with 1 when the monitor is Failing: somebody has to act.'),
    async (common) => {
      const health = await readHealth(context.api(common));
      const { screen } = context;
      if (common.json) screen.json(health);
      else screen.lines(healthLines(health, screen));
      if (health.status === 'Failing') context.endWith(EXIT.failed);
    },
  );
}

/** `test-alert`: has the next sweep send one. */
export function addTestAlert(cli: Cli, context: Context): Cli {
  return cli.command(
    'test-alert',
    'Have the next sweep send a test alert',
    (command) =>
      command
        .option('state', { choices: JOB_ALERT_STATES, describe: 'What it tells of  [Failed]' })
        .option('with-issues', {
          type: 'boolean',
          describe: 'Whether the logs contain issues  [not known]',
        })
        .option('label', { type: 'string', coerce: last, describe: 'What the run is called' })
        .option('kind', { choices: KINDS, describe: 'Which sort of job it is of' })
        .option('imodel', { type: 'string', coerce: last, describe: 'Of which iModel it is' })
        .example('$0 test-alert --label "Tower B"', 'Who gets that?'),
    async ({ state, withIssues, label, kind, imodel, ...common }) => {
      const body: TestAlert = {
        ...(state !== undefined && { state }),
        ...(withIssues !== undefined && { containsIssues: withIssues }),
        ...(label !== undefined && { label }),
        ...(kind !== undefined && { kind }),
        ...(imodel !== undefined && { iModelId: imodel }),
      };
      const job = accepted(await context.api(common).POST('/alerts/test', { body }), 'endedAt');
      if (common.json) context.screen.json(job);
      else {
        const id = plain(job.jobId);
        context.screen.line(`The next sweep sends it. "show ${id}" tells when it was sent.`);
      }
    },
  );
}

/** How the monitor is. */
export async function readHealth(api: Api): Promise<Health> {
  const answer = await api.GET('/health');
  return isHealth(answer.error) ? answer.error : accepted(answer, 'lastSweepAt');
}

/** That the monitor fails comes as a 503. */
function isHealth(body: unknown): body is Health {
  return typeof body === 'object' && body !== null && 'lastSweepAt' in body;
}

function healthLines(health: Health, screen: Screen): readonly string[] {
  const { status, pause, outage, listeners, pending, pendingIsPartial, lagSeconds } = health;
  const { troubles, iModels, mail } = health;
  const time = (at: string | null) => (at === null ? 'never' : screen.time(at));
  const facts: readonly (readonly [string, string | undefined])[] = [
    ['last sweep', time(health.lastSweepAt)],
    ['last pass', time(health.lastPassCompletedAt)],
    ['pending', `${pending}${pendingIsPartial ? ' or more' : ''}`],
    ['checked within', lagSeconds === null ? undefined : `${lagSeconds} s`],
    ['told', listeners ? listenersText(listeners) : 'not known yet'],
    ['iModels', iModelsText(iModels)],
    ['mail server', mail && `${plain(mail.status)}, ${mail.owed} owed`],
  ];
  return [
    plain(status),
    ...(pause ? troubleLines(`Nothing is asked until ${screen.time(pause.until)}.`, pause) : []),
    ...(outage ? troubleLines(`No answer since ${screen.time(outage.since)}.`, outage) : []),
    ...troubles.flatMap((trouble) => troubleLines(`Since ${screen.time(trouble.since)}:`, trouble)),
    ...iModels.troubles.flatMap(({ iModelId, label, since, message, action }) => {
      const name = label === null ? iModelId : `${label} (${iModelId})`;
      const what = `No runs of iModel ${plain(name)} are found since ${screen.time(since)}.`;
      return troubleLines(what, { meaning: message, action });
    }),
    '',
    ...facts.flatMap(([name, value]) =>
      value === undefined ? [] : [`${screen.dim(name.padEnd(NAME_WIDTH))}${value}`],
    ),
  ];
}

function iModelsText({ watched, troubled }: Health['iModels']): string | undefined {
  if (watched === 0) return undefined;
  return troubled === 0
    ? `${watched} watched`
    : `${watched} watched, the runs of ${troubled} cannot be found`;
}

function troubleLines(
  what: string,
  { meaning, action }: { readonly meaning: string; readonly action: string },
): readonly string[] {
  return [`${what} ${plain(meaning)}`, plain(action)];
}

function listenersText(listeners: NonNullable<Health['listeners']>): string {
  const { confirmed, pending, vanished, operators } = listeners;
  return [
    `${confirmed} ${confirmed === 1 ? 'gets' : 'get'} alerts`,
    ...(pending > 0 ? [`${pending} ${pending === 1 ? 'has' : 'have'} not confirmed`] : []),
    ...(vanished > 0 ? [`${vanished} ${vanished === 1 ? 'is' : 'are'} lost`] : []),
    ...(operators === 0 ? ['nobody gets notices'] : []),
  ].join(', ');
}
