import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AlertMessage } from '../../../functions/core/alerts/message.ts';
import { AlertRefused } from '../../../functions/core/errors.ts';
import type { AlertTopic } from '../../../functions/core/ports.ts';

/** A topic, and what becomes of the alerts that are published to it. */
export interface TopicUnderTest {
  readonly topic: AlertTopic;
  /** The ids of the alerts that the topic took, oldest first. */
  accepted(): Promise<readonly string[]>;
  /** Nobody answers any more. */
  breakDown(): Promise<void>;
  stop(): Promise<void>;
}

const ID = '40f71ed2-31a3-45d3-bce0-5c9f3f112c03/2026-01-01T00:00:00.000Z/3';
const MESSAGE: AlertMessage = {
  subject: 'Failed: Tower A',
  email: 'The extraction run Tower A ended: Failed.\n\nWhy: „Disk full“ 🙂\n',
  sms: 'Failed: Tower A - Disk full',
  default: JSON.stringify({ version: 1, id: ID, jobId: ID.split('/')[0], state: 'Failed' }),
  attributes: { state: 'Failed', containsIssues: 'false', label: 'Tower A' },
};

/** What every topic does, be it SNS or a stand-in for it. */
export function describeAlertTopic(name: string, start: () => Promise<TopicUnderTest>): void {
  describe(`${name} as a topic of alerts`, () => {
    let topic: TopicUnderTest;
    beforeEach(async () => {
      topic = await start();
    });
    afterEach(() => topic.stop());
    const publish = (changes: Partial<AlertMessage> = {}, signal?: AbortSignal) =>
      topic.topic.publish({ ...MESSAGE, ...changes }, signal);

    it('takes an alert', async () => {
      await publish();
      expect(await topic.accepted()).toEqual([ID]);
    });

    it('takes the same alert again: its receivers know it by its id', async () => {
      await publish();
      await publish();
      expect(await topic.accepted()).toEqual([ID, ID]);
    });

    it('takes an alert without a label', async () => {
      await publish({ attributes: { state: 'Failed', label: '' } });
      expect(await topic.accepted()).toEqual([ID]);
    });

    it.each<[string, Partial<AlertMessage>]>([
      ['a subject that is not ASCII', { subject: 'Fehlgeschlagen: Straße' }],
      ['a subject of more than 100 characters', { subject: 'x'.repeat(101) }],
      ['no subject', { subject: '' }],
      ['more than 256 KiB', { email: 'x'.repeat(256 * 1024) }],
      ['an SMS of more than 1,600 characters', { sms: 'x'.repeat(1_601) }],
      ['an attribute whose name SNS does not allow', { attributes: { 'a b': 'c' } }],
    ])('refuses an alert for good that has %s', async (_, changes) => {
      await expect(publish(changes)).rejects.toThrow(AlertRefused);
      expect(await topic.accepted()).toEqual([]);
    });

    it('does not blame an alert for its own troubles', async () => {
      await topic.breakDown();
      await expect(publish()).rejects.not.toThrow(AlertRefused);
    });

    it('refuses what is given up before it begins', async () => {
      await expect(publish({}, AbortSignal.abort())).rejects.toThrow();
      expect(await topic.accepted()).toEqual([]);
    });
  });
}
