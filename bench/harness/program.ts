import { fork } from 'node:child_process';
import { once } from 'node:events';

/** A program in a process of its own that answers questions, one at a time. */
export interface Program<Question extends object, Answer> {
  /** @throws ProgramFailed */
  ask(question: Question): Promise<Answer>;
  stop(): Promise<void>;
}

/** How a program is started. */
export interface ProgramOptions {
  /** Environment variables on top of this process's own. */
  readonly env?: Readonly<Record<string, string>>;
  /** Options for Node. */
  readonly nodeOptions?: readonly string[];
}

/** A program ended that should have answered; what it wrote to its standard error says why. */
export class ProgramFailed extends Error {
  override readonly name = 'ProgramFailed';
}

/** Starts a program that is made with {@link answering}. */
export function startProgram<Question extends object, Answer>(
  file: URL,
  { env = {}, nodeOptions = [] }: ProgramOptions = {},
): Program<Question, Answer> {
  const child = fork(file, {
    env: { ...process.env, ...env },
    execArgv: [...nodeOptions],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const exit = once(child, 'exit');
  return {
    async ask(question) {
      child.send(question);
      const failed = exit.then(([code, signal]): never => {
        throw new ProgramFailed(`${file.pathname} ended (${code ?? signal}) without an answer.`);
      });
      const [answer] = await Promise.race([once(child, 'message'), failed]);
      return answer;
    },
    async stop() {
      child.kill();
      await exit;
    },
  };
}

/** Inside a program: answers questions until whoever started it has gone. */
export function answering<Question extends object, Answer>(
  answer: (question: Question) => Promise<Answer>,
): void {
  process.on('message', async (question: Question) => process.send?.(await answer(question)));
  process.once('disconnect', () => process.exit());
}
