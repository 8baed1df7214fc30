import type { Alert } from '../alert.ts';
import { ASCII } from '../spelling.ts';
import { asciiLine } from '../text.ts';
import { headline, nameIn } from './run.ts';

/** SNS takes subjects of at most 100 characters [SNS API reference, Publish]. */
const LENGTH = 100;

/** The subject of a mail: the outcome first, then what it is about. */
export function subject(alert: Alert): string {
  const mark = alert.isTest ? '[TEST] ' : '';
  return asciiLine(`${mark}${headline(alert)}: ${nameIn(alert, ASCII)}`, LENGTH);
}
