import type { Alert } from '../alert.ts';
import { oneLine } from '../text.ts';
import { facts } from './facts.ts';
import { lead } from './lead.ts';
import { prose, quote, WIDTH } from './lines.ts';
import { logCounts, logMessages } from './log-lines.ts';
import { nextSteps } from './next-steps.ts';
import { headline, isCleanSuccess, isEndKnown, nameOf } from './run.ts';
import { timeline } from './timeline.ts';

/**
 * The mail for a person: what happened, why, when what was seen, what to do next. Outside texts are
 * quoted, or stand at the end of a line that we began.
 *
 * @param isBare whether all outside texts have been left out
 */
export function email(alert: Alert, isBare: boolean): string {
  const sections = [
    alert.isTest ? prose('TEST: this alert was made to try alerts out. There is no such run.') : [],
    title(alert),
    prose(lead(alert)),
    isBare ? prose(leftOut(alert)) : [],
    facts(alert),
    why(alert),
    logCounts(alert),
    logMessages(alert),
    timeline(alert),
    nextSteps(alert),
    support(alert),
    prose('You get this because you are subscribed to the alerts of Extraction Monitor.'),
  ];
  return sections
    .filter((lines) => lines.length > 0)
    .map((lines) => `${lines.join('\n')}\n`)
    .join('\n');
}

function leftOut({ jobId }: Alert): string {
  return (
    'This is a short form: the message with its label, reasons and logs could not be delivered. ' +
    `They are in GET /jobs/${jobId}.`
  );
}

function title(alert: Alert): string[] {
  const line = `${headline(alert)}: ${nameOf(alert)}`;
  return line.length <= WIDTH ? [line] : [`${headline(alert)}:`, ...quote(nameOf(alert))];
}

function why(alert: Alert): string[] {
  const reason = oneLine(alert.reason ?? '');
  if (reason === '' || isCleanSuccess(alert)) return [];
  if (alert.kind === 'Ended' && !isEndKnown(alert)) return ['Why', ...quote(reason)];
  return [
    alert.state === 'Failed' ? 'Why it failed' : 'What the iTwin Platform says',
    ...quote(reason),
  ];
}

function support({ jobId, id }: Alert): string[] {
  return ['For support', `  Job id: ${jobId}`, `  Alert id: ${id}`];
}
