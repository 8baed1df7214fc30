import { expect, it } from 'vitest';
import { JOB_STATES } from '../../cli/option-values.ts';
import { createScreen } from '../../cli/screen.ts';
import { isTerminal } from '../../functions/core/jobs/states.ts';
import { Terminal } from './support/terminal.ts';

it('every state that ends a job has a colour of its own, and no other', () => {
  const screen = createScreen(new Terminal({ hasColors: true }), {});
  const isPending = (state: string) =>
    screen.state(state) === screen.state('').replace(/(?<=m)/, state);
  for (const state of JOB_STATES) expect(isPending(state), state).toBe(!isTerminal(state));
});

it.each(['constructor', 'toString'])('a word of upstream may be %s', (word) => {
  const screen = createScreen(new Terminal({ hasColors: true }), {});
  expect(screen.state(word)).toBe(screen.state('Queued').replace('Queued', word));
});
