import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import { MINUTE } from '../../../../functions/core/time.ts';
import { moved, registeredJob } from './jobs.ts';
import type { TestApi } from './test-api.ts';

/** A page of the list. */
export interface ListedPage {
  readonly jobs: readonly { readonly jobId: string }[];
  readonly jobIds: readonly string[];
  readonly cursor: string | null;
}

/** `GET /jobs`, and jobs to be listed by it. */
export interface Listing {
  /** Puts a job on record that was registered at a time (ms since the epoch). @returns its id */
  put(registeredAt: number, state?: string): Promise<string>;
  page(query: string): Promise<ListedPage>;
  /** Follows the cursors to the end. @returns the ids on each page */
  walk(query: string): Promise<(readonly string[])[]>;
}

/** The list of an API's jobs. */
export function createListing(api: TestApi): Listing {
  async function page(query: string): Promise<ListedPage> {
    const { status, body } = await api.request('GET', '/jobs', { query });
    expect(status).toBe(200);
    const { jobs, cursor } = body as Pick<ListedPage, 'jobs' | 'cursor'>;
    return { jobs, jobIds: jobs.map(({ jobId }) => jobId), cursor };
  }

  return {
    async put(registeredAt, state) {
      const job = registeredJob(randomUUID(), registeredAt);
      const stored = state === undefined ? job : moved(job, state, registeredAt + MINUTE);
      await api.ports.jobs.add(stored);
      return job.jobId;
    },
    page,
    async walk(query) {
      const pages: (readonly string[])[] = [];
      let cursor: string | null | undefined;
      while (cursor !== null) {
        const next = await page(cursor === undefined ? query : `${query}&cursor=${cursor}`);
        pages.push(next.jobIds);
        cursor = next.cursor;
        expect(pages.length).toBeLessThan(20);
      }
      return pages;
    },
  };
}
