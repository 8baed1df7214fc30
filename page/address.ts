import { useEffect, useState } from 'preact/hooks';

/** What the list of runs can be narrowed to, in the words of the API's own parameters. */
export const FILTERS = [
  'state',
  'stateGroup',
  'containsIssues',
  'labelPrefix',
  'kind',
  'registeredFrom',
  'registeredBefore',
] as const;

/** A filter of the list of runs; states, which may be several, have commas between them. */
export type Filter = Readonly<Partial<Record<(typeof FILTERS)[number], string>>>;

/** What is shown: all of it is in the address, which can be sent to somebody. */
export type View =
  | { readonly name: 'now' }
  | { readonly name: 'runs'; readonly filter: Filter }
  | { readonly name: 'run'; readonly jobId: string }
  | { readonly name: 'imodels' };

/** The address of a view. It is a fragment, so that no server but the reader's browser sees it. */
export function hrefOf(view: View): string {
  switch (view.name) {
    case 'now':
      return '#/';
    case 'runs': {
      const query = new URLSearchParams(view.filter).toString();
      return query === '' ? '#/runs' : `#/runs?${query}`;
    }
    case 'run':
      return `#/runs/${encodeURIComponent(view.jobId)}`;
    case 'imodels':
      return '#/imodels';
  }
}

/** What an address shows; of one that makes no sense what is going on now. */
export function viewOf(hash: string): View {
  const [path = '', query = ''] = hash.replace(/^#/, '').split('?');
  const [, name, id] = path.split('/');
  if (name === 'runs' && id) return { name: 'run', jobId: decoded(id) };
  if (name === 'runs') return { name: 'runs', filter: filterOf(new URLSearchParams(query)) };
  return { name: name === 'imodels' ? 'imodels' : 'now' };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function filterOf(query: URLSearchParams): Filter {
  return Object.fromEntries(
    FILTERS.flatMap((name) => {
      const value = query.getAll(name).join();
      return value ? [[name, value]] : [];
    }),
  );
}

/** Shows another view. */
export function go(view: View): void {
  location.hash = hrefOf(view);
}

/** The same in place of this one: the way back does not go through it. */
export function replace(view: View): void {
  history.replaceState(null, '', hrefOf(view));
  dispatchEvent(new HashChangeEvent('hashchange'));
}

let list: View = { name: 'now' };

/** The view that a reader was on before a run was opened. */
export function lastList(): View {
  return list;
}

/** The view that the address names. */
export function useView(): View {
  const [hash, setHash] = useState(location.hash);
  useEffect(() => {
    const update = () => setHash(location.hash);
    addEventListener('hashchange', update);
    return () => removeEventListener('hashchange', update);
  }, []);
  const view = viewOf(hash);
  if (view.name !== 'run') list = view;
  return view;
}
