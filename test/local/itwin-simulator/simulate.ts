import { onTestFinished } from 'vitest';
import { type ItwinSimulator, startItwinSimulator } from '../../../local/itwin-simulator/server.ts';

/** The job id of Bentley's own examples. */
export const JOB_ID = '40f71ed2-31a3-45d3-bce0-5c9f3f112c03';

/** A token that every simulator of these tests accepts. */
export const ACCESS_TOKEN = 'a-fixed-token';

/** Starts a simulator that ends with the test. */
export async function simulate(
  options: Parameters<typeof startItwinSimulator>[0] = {},
): Promise<ItwinSimulator> {
  const simulator = await startItwinSimulator({ accessToken: ACCESS_TOKEN, ...options });
  onTestFinished(simulator.close);
  return simulator;
}

/** Where the simulator tells a run's status. */
export function statusUrl({ url }: Pick<ItwinSimulator, 'url'>, jobId = JOB_ID): string {
  return `${url}/insights/reporting/datasources/extraction/status/${jobId}`;
}

/** An iModel of these tests. */
export const IMODEL_ID = 'b0d3c9f2-4e7a-4d15-9c68-1f5a7e20d843';

const EXTRACTIONS = '/grouping-and-mapping/datasources/imodel-mappings/extractions';

/** Where Grouping and Mapping tells a run's status. */
export function extractionUrl({ url }: Pick<ItwinSimulator, 'url'>, jobId = JOB_ID): string {
  return `${url}${EXTRACTIONS}/${jobId}`;
}

/** Where Grouping and Mapping lists the runs of an iModel. */
export function extractionsUrl({ url }: Pick<ItwinSimulator, 'url'>, iModelId = IMODEL_ID): string {
  return `${url}${EXTRACTIONS}?iModelId=${iModelId}`;
}

/** Where Reporting lists the runs of an iModel. */
export function historyUrl({ url }: Pick<ItwinSimulator, 'url'>, iModelId = IMODEL_ID): string {
  return `${url}/insights/reporting/datasources/imodels/${iModelId}/extraction/history`;
}

/** A page of a list of runs. */
export type ListPage = {
  readonly extractions: readonly Readonly<Record<string, unknown>>[];
  readonly _links: {
    readonly next?: { readonly href: string };
    readonly self: { readonly href: string };
  };
};

/** Pages of a list, from this one on, as many as there are, but no more than `most`. */
export async function pagesFrom(url: string, most = 100): Promise<ListPage[]> {
  const pages: ListPage[] = [];
  for (let next: string | undefined = url; next !== undefined && pages.length < most; ) {
    const page = (await (await ask(next)).json()) as ListPage;
    pages.push(page);
    next = page._links.next?.href;
  }
  return pages;
}

/** Asks, with a good token unless told otherwise, and does not follow redirects. */
export function ask(url: string, accessToken = ACCESS_TOKEN): Promise<Response> {
  return fetch(url, {
    headers: { authorization: `Bearer ${accessToken}` },
    redirect: 'manual',
  });
}

/** The state a run is in, as its status says. */
export async function stateOf(simulator: ItwinSimulator, jobId = JOB_ID): Promise<unknown> {
  const response = await ask(statusUrl(simulator, jobId));
  const body = (await response.json()) as { status: { state: unknown } };
  return body.status.state;
}
