import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import type { Sabotage } from './sabotages.ts';

const ROOT = new URL('../../', import.meta.url).href;

/** Which modules of the project import each of them. */
const importers = new Map<string, Set<string>>();
/** The source that is in the place of a module's own, by the address under which it is loaded. */
const patched = new Map<string, string>();
/** What is loaded anew for the patch at hand: the module that it changes, and whoever comes to import it. */
let concerned = new Set<string>();
let patches = 0;

registerHooks({
  resolve(specifier, context, nextResolve) {
    const resolved = nextResolve(specifier, context);
    const { parentURL = '' } = context;
    if (!resolved.url.startsWith(ROOT) || resolved.url.includes('/node_modules/')) return resolved;
    const [importer = '', query] = parentURL.split('?');
    importers.set(resolved.url, (importers.get(resolved.url) ?? new Set()).add(importer));
    const isAnew = query !== undefined && concerned.has(resolved.url);
    return isAnew ? { ...resolved, url: `${resolved.url}?${query}` } : resolved;
  },
  load(url, context, nextLoad) {
    const source = patched.get(url);
    if (source === undefined) return nextLoad(url, context);
    return { format: 'module-typescript', source, shortCircuit: true };
  },
});

/**
 * Imports a module as it is when a source that it needs is patched. What the patch has no part in is
 * loaded once for all patches, and stays compiled.
 */
export async function importPatched<T>(module: URL, { file, from, to }: Sabotage): Promise<T> {
  // Which modules need the patched one is known when they have been loaded.
  if (!importers.has(module.href)) await import(module.href);
  const { href } = new URL(file, ROOT);
  concerned = withImporters(href);
  if (!concerned.has(module.href)) throw new Error(`${module.href} does not need ${file}.`);
  patches += 1;
  const source = readFileSync(new URL(href), 'utf8');
  patched.set(
    `${href}?${patches}`,
    source.replace(from, () => to),
  );
  return import(`${module.href}?${patches}`);
}

function withImporters(module: string): Set<string> {
  const found = new Set([module]);
  for (const each of found) {
    for (const importer of importers.get(each) ?? []) found.add(importer);
  }
  return found;
}
