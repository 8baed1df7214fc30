import type { AlertTopic } from '../../../../functions/core/ports.ts';

/** A topic that takes no alert. */
export const brokenTopic: AlertTopic = {
  async publish() {
    throw new Error('The topic does not answer.');
  },
};
