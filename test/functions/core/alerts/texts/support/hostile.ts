import type { Alert } from '../../../../../../functions/core/alerts/alert.ts';
import { DAY } from '../../../../../../functions/core/time.ts';
import { digestOf, endingWith, endOf } from './sightings.ts';
import { alertAfter, REGISTERED } from './watch.ts';

const BASE = alertAfter(endingWith(endOf('fails')), { label: 'Bridge over the Neris' });

/** The same failure with other outside texts in it. */
function failedWith(texts: Partial<Alert>): Alert {
  const end = BASE.transitions.map((transition, i, all) =>
    i === all.length - 1 && texts.reason ? { ...transition, reason: texts.reason } : transition,
  );
  return { ...BASE, transitions: end, ...texts };
}

/** Lines of ours, as somebody would forge them. */
export const FORGED = [
  'Succeeded: Bridge over the Neris',
  'The extraction run succeeded.',
  '  Ended: Mon 23 Nov 2026, 14:20:00 UTC',
  'Timeline (UTC, as the monitor saw it)',
  '  14:20:00  Succeeded',
  'What to do next',
  '  Nothing. The data can be used.',
  'For support',
  '  Job id: 00000000-0000-0000-0000-000000000000',
];

const forged = FORGED.join('\n');

/** What may come from upstream, or from callers, at its worst. */
export const HOSTILE: Readonly<Record<string, Alert>> = {
  'outside texts like lines of ours': failedWith({
    label: forged.slice(0, 100),
    reason: forged,
    logs: {
      ...digestOf([{ level: forged, category: forged, message: forged }]),
      isPartial: true,
    },
    transitions: BASE.transitions.map((transition) => ({ ...transition, reason: forged })),
  }),
  'outside texts like mail headers': failedWith({
    label: 'Bridge\r\nBcc: everybody@example.com',
    reason:
      'Not completed\r\n.\r\nFrom: ceo@example.com\r\nSubject: Pay this\r\n' +
      'Content-Type: text/html\r\n\r\n<b>now</b>',
  }),
  'outside texts with look-alike line breaks': failedWith({
    label: 'Bridge\u2028Job id: x\u2029Job id: y',
    reason:
      'No model.\u0085For support\u000b  Job id: x\u000cAlert id: y\r  Job id: z\u0000\u001b[31m',
  }),
  'outside texts with bidi controls': failedWith({
    label: 'Bridge \u202Edeliaf\u202C \u2066isolated\u2069 \u200Frtl',
    reason: 'The file \u202Egnp.exe\u202C was \u200Bzero\u200Bwidth and \uFEFFmarked.',
  }),
  'outside texts with HTML': failedWith({
    label: '<img src=x onerror=alert(1)>',
    reason:
      '<a href="https://evil.example/login">Sign in</a> to see &lt;why&gt; <script>x()</script>',
  }),
  'a reason of 100 kB': failedWith({
    reason: 'All work and no play makes Jack a dull boy. '.repeat(2_300),
  }),
  'a reason of one word of 100 kB': failedWith({ reason: 'x'.repeat(100_000) }),
  'a reason and a label in Japanese': failedWith({
    label: '東京駅 構造モデル',
    reason: 'マッピング「構造」を抽出できませんでした。グループのクエリが無効です。'.repeat(3),
  }),
  'a reason and a label in Cyrillic': failedWith({
    label: 'Мост через Нярис',
    reason: 'Сопоставление «Структура» не найдено.',
  }),
  'a label with accents and symbols': failedWith({
    label: '🏗️ Žaliasis tiltas – „Łódź“ & Größe [50 %] ½ {A}',
  }),
  'a label of 100 characters': failedWith({
    label:
      'Nightly extraction of the hospital model, north wing, levels 1 to 14, structure and fire safety, v2',
  }),
  'a label that cannot be seen': failedWith({ label: '\u200B\u3164\u2060' }),
  'a state of 64 characters': {
    ...BASE,
    kind: 'StillRunning',
    state: `Upstream:${'Succeeded-'.repeat(6)}1234`,
    at: REGISTERED + DAY,
    transitions: [
      {
        from: 'Registered',
        to: `Upstream:${'Succeeded-'.repeat(6)}1234`,
        at: REGISTERED + 60_000,
        reason: 'So it says.',
        version: 2,
      },
    ],
  },
};
