import { expect, it } from 'vitest';
import { ProgramFailed, startProgram } from '../../../bench/harness/program.ts';

it('a program that ends without an answer is a failure, not a wait without end', async () => {
  const program = startProgram(new URL('./no-such-program.ts', import.meta.url));
  await expect(program.ask({})).rejects.toThrow(ProgramFailed);
});
