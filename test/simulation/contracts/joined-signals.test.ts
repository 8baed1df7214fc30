import { describe, expect, it, vi } from 'vitest';
import { joinedSignal } from '../joined-signals.ts';

describe.each([
  ['the stand-in', joinedSignal],
  ['the one of the platform', AbortSignal.any],
])('a joined signal, %s', (_, join) => {
  it('aborts with the first of its sources, for its reason, once', () => {
    const [first, second] = [new AbortController(), new AbortController()];
    const signal = join([first.signal, second.signal]);
    const onAbort = vi.fn();
    signal.addEventListener('abort', onAbort);
    expect(signal.aborted).toBe(false);
    second.abort('second');
    first.abort('first');
    expect(signal.reason).toBe('second');
    expect(onAbort).toHaveBeenCalledOnce();
  });

  it('is aborted from the beginning when a source is', () => {
    const source = new AbortController();
    const signal = join([AbortSignal.abort('before'), source.signal]);
    expect(signal.reason).toBe('before');
    source.abort('after');
    expect(signal.reason).toBe('before');
  });

  it('is told of after those who listen to its source', () => {
    const source = new AbortController();
    const told: string[] = [];
    source.signal.addEventListener('abort', () => told.push('source'));
    join([source.signal]).addEventListener('abort', () => told.push('joined'));
    source.abort();
    expect(told).toEqual(['source', 'joined']);
  });
});
