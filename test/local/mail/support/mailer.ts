import { onTestFinished, vi } from 'vitest';
import type { Subscription } from '../../../../functions/core/alerts/listeners.ts';
import { type Mailer, startMailer } from '../../../../local/mail/mailer.ts';
import type { MailServerSettings } from '../../../../local/mail/settings.ts';

/** A mailer, and what it told. */
interface TestMailer extends Mailer {
  /** `say` and `warn` alike, oldest first. */
  readonly told: readonly string[];
}

interface TestMailerOptions {
  readonly to?: readonly string[];
  readonly operator?: string;
  readonly dataDir?: string;
  /** How long (ms) a letter waits whose text is refused. @default an hour */
  readonly refusedText?: number;
  /** Who has asked for mails. @default nobody */
  readonly subscription?: Subscription;
}

/** Starts a mailer that loses no time between two tries, for the length of one test. */
export async function startTestMailer(
  server: MailServerSettings,
  options: TestMailerOptions = {},
): Promise<TestMailer> {
  const { to = ['ops@example.com'], operator, dataDir, refusedText = 3_600_000 } = options;
  const { subscription } = options;
  const told: string[] = [];
  const tell = (text: string) => void told.push(text);
  const mailer = await startMailer({
    settings: { server, from: 'monitor@example.org', to, ...(operator && { operator }) },
    dataDir,
    tell: { say: tell, warn: tell },
    subscriptionOf: async () => subscription,
    waits: { first: 10, longest: 40, refusedText },
  });
  onTestFinished(mailer.stop);
  return { ...mailer, told };
}

/** Resolves once it is so; to be called with what a test waits for. */
export function until(isSo: () => boolean): Promise<unknown> {
  return vi.waitUntil(isSo, { timeout: 20_000, interval: 10 });
}
