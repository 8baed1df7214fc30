import type { NameAnswer } from '../../../functions/core/alerts/log-digest.ts';
import type { NamesEndpoint } from '../../../functions/core/ports.ts';
import type { Caller } from '../caller.ts';
import { ANSWER_TIME, errorAnswer, gatewayAnswer, type UpstreamConditions } from './upstream.ts';

/** Upstream's names, as one invocation reaches them: everything has one, if upstream is well. */
export function namesEndpointOf(
  conditions: UpstreamConditions,
  {
    call,
    clock,
    onAsked,
    onAnswered,
  }: {
    readonly call: Caller;
    readonly clock: () => number;
    readonly onAsked: (id: string) => void;
    readonly onAnswered: (id: string, answer: NameAnswer) => void;
  },
): NamesEndpoint {
  const { isOn, strikes } = conditions;

  function answerTo(id: string, token: string): NameAnswer {
    const answer =
      gatewayAnswer(conditions, { about: id, token, now: clock() }) ?? errorAnswer(conditions, id);
    if (answer === undefined) return { kind: 'Name', name: `The name of ${id}` };
    return answer.kind === 'RateLimited' ? answer : UNREADABLE;
  }

  return {
    async ask({ id }, token, signal) {
      if (!signal.aborted) onAsked(id);
      const isSilent = isOn('upstream silent') || strikes('upstream hangs', id);
      const answer = await call<NameAnswer>({
        what: `ask for the name of ${id}`,
        to: 'upstream',
        signal,
        effect: () => (isSilent ? UNREADABLE : answerTo(id, token)),
        ...(isSilent && { takes: ANSWER_TIME }),
      });
      onAnswered(id, answer);
      return answer;
    },
  };
}

const UNREADABLE: NameAnswer = { kind: 'Unreadable', reason: 'Upstream gave no name.' };
