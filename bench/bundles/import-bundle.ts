import { answering } from '../harness/program.ts';
import { usageOf } from '../harness/usage.ts';

/** Loads a bundle, as a cold start does. */
answering(({ entry }: { readonly entry: string }) => usageOf(() => import(entry)));
