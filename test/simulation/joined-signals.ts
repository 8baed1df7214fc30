/**
 * A signal that aborts when one of these does: what `AbortSignal.any` gives, for sources that nobody
 * keeps for long. That of Node lets go of forgotten signals by weak references, which takes longer
 * than most runs do, and holds on to the whole world of a run until then.
 */
export function joinedSignal(sources: Iterable<AbortSignal>): AbortSignal {
  const controller = new AbortController();
  for (const source of sources) {
    const follow = () => controller.abort(source.reason);
    if (source.aborted) follow();
    else source.addEventListener('abort', follow, { once: true });
  }
  return controller.signal;
}
