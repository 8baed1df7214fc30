import type { Alert } from '../../../../../../functions/core/alerts/alert.ts';
import type { RunLogs } from '../../../../../../functions/core/alerts/log-digest.ts';
import { oneLine } from '../../../../../../functions/core/text.ts';

/** Stands for an outside text. It is in no line of ours. */
export const MARK = '¤';

/** The same alert with a mark in place of every outside text of which there is anything to see. */
export function plainTwin(alert: Alert): Alert {
  const { label, reason, logsUrl, logs, transitions } = alert;
  return {
    ...alert,
    ...(label !== undefined && { label: marked(label) }),
    ...(reason !== undefined && { reason: marked(reason) }),
    ...(logsUrl !== undefined && { logsUrl: MARK }),
    ...(logs && { logs: markedLogs(logs) }),
    transitions: transitions.map((transition) =>
      transition.reason === undefined
        ? transition
        : {
            ...transition,
            // A reason that is told already is not told again.
            reason: marked(transition.reason, transition.reason === reason ? MARK : MARK + MARK),
          },
    ),
  };
}

function markedLogs(logs: RunLogs): RunLogs {
  if (logs.kind === 'Unread') return { ...logs, reason: marked(logs.reason) };
  const kind = { level: MARK, category: MARK };
  return {
    ...logs,
    counts: logs.counts.map(({ count }) => ({ ...kind, count })),
    messages: logs.messages.map(({ message }) => ({ ...kind, message: marked(message) })),
  };
}

function marked(text: string, mark = MARK): string {
  return oneLine(text) === '' ? text : mark;
}
