import type { AcceptedAlert } from '../../../../local/sns/records.ts';

/** An alert as the local run keeps it, owed by mail to `ops@example.com`. */
export function alert(id: string, overrides: Partial<AcceptedAlert> = {}): AcceptedAlert {
  return {
    messageId: `sns-${id}`,
    publishedAt: '2026-01-02T03:04:05.678Z',
    subject: `Failed: ${id}`,
    email: `The extraction run ${id} ended: Failed.\n`,
    sms: `Failed: ${id}`,
    default: JSON.stringify({ version: 1, id }),
    attributes: { state: 'Failed' },
    deliveredTo: [],
    mailTo: ['ops@example.com'],
    ...overrides,
  };
}
