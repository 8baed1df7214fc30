import type { UpstreamAct } from './upstream-answers.ts';

/** Statuses that HTTP gives no body. */
const WITHOUT_BODY: ReadonlySet<number> = new Set([204, 205, 304]);

/** Runs something for which `fetch` is what upstream does; nothing gets on the network. */
export async function withUpstream<T>(act: UpstreamAct, run: () => Promise<T>): Promise<T> {
  const { fetch } = globalThis;
  globalThis.fetch = async () => responseOf(act);
  try {
    return await run();
  } finally {
    globalThis.fetch = fetch;
  }
}

/** @throws what `fetch` throws when there is no answer */
function responseOf(act: UpstreamAct): Response {
  if (act.kind === 'Fails') throw failure(act.code);
  const { status, headers, breaksOff } = act;
  const chunks = [...act.body].filter(({ length }) => length > 0);
  const body = new ReadableStream({
    pull(controller) {
      const chunk = chunks.shift();
      if (chunk) controller.enqueue(chunk);
      else if (breaksOff === undefined) controller.close();
      else controller.error(failure(breaksOff));
    },
  });
  return new Response(WITHOUT_BODY.has(status) ? null : body, { status, headers });
}

/** As `fetch` fails: its own words may quote a header, and so the token. */
function failure(code: string | undefined): TypeError {
  const cause = Object.assign(new Error('the line is bad'), code && { code });
  return new TypeError('fetch failed with Bearer secret-token', { cause });
}
