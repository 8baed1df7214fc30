import { formatDuration, isoTime } from '../../../functions/core/time.ts';
import type { AcceptedAlert } from '../happenings.ts';
import { idOf } from './alerts.ts';
import type { Invariant, Watcher, WorldView } from './invariant.ts';

/** What must hold for the words that people are sent. */
export const wordInvariants: readonly Invariant[] = [
  {
    name: 'what people are sent has no hole in it',
    watch: () => ({
      judge: {
        AlertAccepted: ({ alert }) => whyHoled(alert),
        DigestAccepted: ({ digest }) => whyHoled(digest),
        NoticeAccepted: ({ notice }) => whyHoled(notice),
      },
    }),
  },
  {
    name: 'an alert says when its run came to the end that it tells of',
    watch: (world) => ({
      judge: { AlertAccepted: ({ alert }) => whyWrongTime(world, alert) },
    }),
  },
  { name: 'a mail says how long a run took as its record does', watch: sameLength },
];

/** What JavaScript makes of something that is not there, or is no time or number. */
const HOLES = /\b(?:undefined|null|NaN|Infinity|Invalid Date)\b|\[object /;

type Sent = Pick<AcceptedAlert, 'id' | 'words'>;

function whyHoled({ id, words }: Sent): string | undefined {
  const [hole] = HOLES.exec(words) ?? [];
  return hole && `${id} says "${hole}"`;
}

function whyWrongTime(
  world: WorldView,
  { id, kind, jobId, at }: AcceptedAlert,
): string | undefined {
  if (kind !== 'Ended') return;
  const version = Number(id.split('/')[2]);
  const end = world.job(jobId)?.transitions.find((each) => each.version === version);
  return end && end.at !== at
    ? `${id} says ${isoTime(at)} of an end at ${isoTime(end.at)}`
    : undefined;
}

/** Of a run that was over when it was first seen, or was not seen to end, no more is known than a bound. */
function sameLength(): Watcher {
  const lengths = new Map<string, number | undefined>();
  return {
    note: {
      JobWritten({ before, after }) {
        if (before?.state !== after.state) lengths.set(idOf(after), after.runLength);
      },
    },
    judge: {
      AlertAccepted({ alert: { id, took } }) {
        if (took === undefined || !lengths.has(id)) return;
        const length = lengths.get(id);
        const isSame =
          length === undefined
            ? /^(?:not known|at most|at least) /.test(took)
            : took.replace('at least ', '').startsWith(`${formatDuration(length)} (`);
        return isSame ? undefined : `${id} says "${took}" of a run that took ${length} ms`;
      },
    },
  };
}
