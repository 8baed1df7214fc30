declare module 'dynalite' {
  import type { Server } from 'node:http';

  /** Times are in ms. Without `path` everything is kept in memory. */
  interface DynaliteOptions {
    readonly path?: string;
    readonly createTableMs?: number;
  }

  function dynalite(options?: DynaliteOptions): Server;

  export = dynalite;
}
