import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Alert } from '../../../../../functions/core/alerts/alert.ts';
import {
  type AlertMessage,
  alertMessage,
  bareAlertMessage,
} from '../../../../../functions/core/alerts/message.ts';
import { ALL_SAMPLES, sample } from './support/all-samples.ts';
import { anyAlert } from './support/any-alert.ts';
import { MARK, plainTwin } from './support/plain-twin.ts';

/** The GSM 7 bit default alphabet without its control characters [3GPP TS 23.038, 6.2.1]. */
const GSM_7 = new Set(
  '@£$¥èéùìòÇØøÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?' +
    '¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà',
);
/** What SNS takes at most, in bytes, attributes included [SNS API reference, Publish]. */
const SNS_LIMIT = 256 * 1_024;
const QUOTED = /^ {2}\| /;

/** Holds for any alert, and for all the samples. */
function always(check: (alert: Alert, message: AlertMessage) => void): void {
  for (const alert of Object.values(ALL_SAMPLES)) check(alert, alertMessage(alert));
  for (const messageOf of [alertMessage, bareAlertMessage]) {
    fc.assert(fc.property(anyAlert, (alert) => void check(alert, messageOf(alert))));
  }
}

function bytesOf({ subject, email, sms, default: json, attributes }: AlertMessage): number {
  const parts = [JSON.stringify({ default: json, email, sms }), subject];
  const named = Object.entries(attributes).flatMap(([name, value]) => [name, 'String', value]);
  return Buffer.byteLength([...parts, ...named].join(''));
}

describe('whatever upstream and callers write,', () => {
  it('a subject is printable ASCII, of 100 characters at most', () => {
    always((_, { subject }) => expect(subject).toMatch(/^[!-~][ -~]{0,98}[!-~]$/));
  });

  it('an SMS is 160 characters at most, all of them in the GSM 7 bit default alphabet', () => {
    always((_, { sms }) => {
      expect(sms.length).toBeLessThanOrEqual(160);
      expect(Array.from(sms).filter((character) => !GSM_7.has(character))).toEqual([]);
    });
  });

  it('a subject and an SMS begin with the outcome, or with the mark of a test', () => {
    always(({ isTest, state, kind }, { subject, sms }) => {
      const outcome = kind === 'Ended' ? state : `Still ${state} after `;
      expect(subject.startsWith(`${isTest ? '[TEST] ' : ''}${outcome}`.slice(0, 90))).toBe(true);
      expect(sms.startsWith(`${isTest ? '(TEST) ' : ''}${outcome}`)).toBe(true);
    });
  });

  it('a mail has no character that ends, hides or reorders text, but its own line breaks', () => {
    always((_, { email }) => {
      expect(email.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
      expect(email).toMatch(/[^\n]\n$/);
      expect(email).not.toMatch(/\n{3}/);
    });
  });

  it('a mail quotes outside texts, or ends a line of its own with them: no line begins with one', () => {
    fc.assert(
      fc.property(anyAlert, (alert) => {
        const lines = ownLines(alert);
        const plain = ownLines(plainTwin(alert));
        expect(lines).toHaveLength(plain.length);
        for (const [i, line] of plain.entries()) expect(lines[i]).toSatisfy(isLike(line));
      }),
      { numRuns: 500 },
    );
  });

  it('a mail that was wrapped has no line over 76 characters but what must stay whole', () => {
    always((_, { email }) => {
      const long = email.split('\n').filter((line) => line.length > 76);
      for (const line of long)
        expect(line).toMatch(
          /:\/\/|^ {2}(POST|(Alert|Job|Connection) id:|State:|Last seen:)|\d{2}:\d{2} {2}|^Still /,
        );
    });
  });

  it('the whole message is within what SNS takes', () => {
    always((_, message) => expect(bytesOf(message)).toBeLessThanOrEqual(SNS_LIMIT));
  });

  it('a bare message has not a word from outside, and is otherwise like the full one', () => {
    fc.assert(
      fc.property(anyAlert, (alert) => {
        const { label: _, reason, logs, logsUrl, ...rest } = alert;
        const transitions = alert.transitions.map(({ reason: __, ...others }) => others);
        expect(bareAlertMessage(alert)).toEqual(bareAlertMessage({ ...rest, transitions }));
        expect(JSON.stringify(bareAlertMessage(alert))).toMatch(/^[ -~]*$/);
      }),
    );
  });
});

/** The lines of a mail that are not quoted. */
function ownLines(alert: Alert): string[] {
  const { email } = alertMessage(alert);
  return email.split('\n').filter((line) => !QUOTED.test(line));
}

/** Whether a line is that of the plain twin, up to the outside text in it. */
function isLike(plain: string): (line: string) => boolean {
  const [beginning = ''] = plain.split(MARK);
  return (line) => (plain.includes(MARK) ? line.startsWith(beginning.trimEnd()) : line === plain);
}

describe('the worst that can be on record', () => {
  it.each([
    ['quotation marks', '"'],
    ['backslashes', '\\'],
    ['control characters', '\u0001'],
    ['lone surrogates', '\uD800'],
    ['Chinese characters', '漢'],
    ['emoji', '🧱'],
    ['line separators', '\u2028'],
  ])('fits into a message when it is all %s', (_, unit) => {
    const text = unit.repeat(1_024);
    const kind = { level: unit.repeat(40), category: unit.repeat(40) };
    const message = alertMessage({
      ...sample('failed'),
      label: unit.repeat(100),
      reason: text,
      logsUrl: `https://api.bentley.com/${'x'.repeat(1_000)}`,
      logs: {
        kind: 'Digest',
        entries: 1,
        isPartial: true,
        counts: Array.from({ length: 10 }, () => ({ ...kind, count: 1 })),
        messages: Array.from({ length: 10 }, () => ({ ...kind, message: unit.repeat(400) })),
      },
      transitions: Array.from({ length: 100 }, (__, i) => ({
        from: 'x'.repeat(64),
        to: 'y'.repeat(64),
        at: i,
        reason: text,
        version: i,
      })),
    });
    expect(bytesOf(message)).toBeLessThanOrEqual(SNS_LIMIT);
  });
});
