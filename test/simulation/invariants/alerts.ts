import type { Job } from '../../../functions/core/jobs/job.ts';
import { isSeen, isTerminal } from '../../../functions/core/jobs/states.ts';
import { isoTime } from '../../../functions/core/time.ts';
import type { AcceptedAlert } from '../happenings.ts';
import type { Invariant, Watcher, WorldView } from './invariant.ts';

/** What must hold for alerts. */
export const alertInvariants: readonly Invariant[] = [
  { name: 'every end is alerted at least once', watch: everyEndAlerts },
  {
    name: 'no alert goes out without its transition on record',
    watch: (world) => {
      const reminders = new Set<string>();
      return {
        note: {
          JobWritten({ after: { owed = {} } }) {
            for (const id of Object.keys(owed)) if (owed[id] === 'StillRunning') reminders.add(id);
          },
        },
        judge: { AlertAccepted: ({ alert }) => whyUnfounded(world, alert, reminders) },
      };
    },
  },
  { name: 'no alert id is used for two ends', watch: uniqueIds },
];

function everyEndAlerts(): Watcher {
  const owed = new Map<string, string>();
  const accepted = new Set<string>();
  return {
    note: {
      AlertAccepted({ alert }) {
        accepted.add(alert.id);
      },
      JobWritten({ before, after }) {
        if (before?.state === after.state || !isTerminal(after.state)) return;
        const isQuiet = before?.isQuietIfOver && !isSeen(before.state);
        if (after.state !== 'Cancelled' && !isQuiet) owed.set(idOf(after), after.state);
      },
    },
    end() {
      for (const [id, state] of owed) {
        if (!accepted.has(id)) return `nobody was told that ${id} ended as ${state}`;
      }
      return undefined;
    },
  };
}

/** The id of the alert for the end that a job has just come to. */
export function idOf({ jobId, registeredAt, version }: Job): string {
  return `${jobId}/${isoTime(registeredAt)}/${version}`;
}

function whyUnfounded(
  world: WorldView,
  alert: AcceptedAlert,
  reminders: ReadonlySet<string>,
): string | undefined {
  if (alert.kind === 'StillRunning') {
    return reminders.has(alert.id) ? undefined : `reminder ${alert.id} was never on record`;
  }
  const version = Number(alert.id.split('/')[2]);
  const job = world.job(alert.jobId);
  const end = job?.transitions.find((transition) => transition.version === version);
  if (end?.to === alert.state) return;
  return `alert ${alert.id} says ${alert.state}, but on record is ${JSON.stringify(end ?? job)}`;
}

function uniqueIds(): Watcher {
  const states = new Map<string, string>();
  return {
    judge: {
      AlertAccepted({ alert: { id, kind, state: now } }) {
        // A reminder that is repeated says where the job stands by then.
        const state = kind === 'Ended' ? now : kind;
        const known = states.get(id) ?? state;
        states.set(id, known);
        return known === state ? undefined : `alert ${id} said ${known} and then ${state}`;
      },
    },
  };
}
