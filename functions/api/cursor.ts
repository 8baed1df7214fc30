import type { ListPosition } from '../core/ports.ts';

/** A month, and behind it the last key that was given out: what that looks like is the store's own. */
const POSITION = /^(\d{4}-(?:0[1-9]|1[0-2]))(?: (\S{1,100}))?$/;

/** A place in the list of jobs as text that callers hand back unread. */
export function encodeCursor({ month, after }: ListPosition): string {
  return Buffer.from(after === undefined ? month : `${month} ${after}`).toString('base64url');
}

/** @returns undefined when the text is no cursor */
export function decodeCursor(text: string): ListPosition | undefined {
  const [, month, after] = POSITION.exec(Buffer.from(text, 'base64url').toString()) ?? [];
  if (month === undefined) return undefined;
  return after === undefined ? { month } : { month, after };
}
