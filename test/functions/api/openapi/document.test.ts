import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import published from '../../../../docs/openapi.json' with { type: 'json' };
import { routesOf } from '../../../../functions/api/create-api.ts';
import served from '../../../../functions/api/extraction-monitor.openapi.json' with {
  type: 'json',
};
import type { ApiPorts } from '../../../../functions/api/http/route.ts';
import { openApiDocument } from '../../../../functions/api/openapi/document.ts';
import { ITWIN_API_URL } from '../support/test-api.ts';

const document = openApiDocument();

/** Every operation, as in `GET /jobs`. */
const named = Object.entries(document.paths ?? {}).flatMap(([path, item]) =>
  Object.keys(item).map((method) => `${method.toUpperCase()} ${path}`),
);

describe('the OpenAPI document', () => {
  it('is what the code says: run `npm run openapi` after a change', () => {
    const current = JSON.parse(JSON.stringify(document));
    expect(published).toEqual(current);
    expect(served).toEqual(current);
  });

  it('tells of every route, and of no other', () => {
    const routes = routesOf({} as ApiPorts, { remindAfterMinutes: 0, apiUrl: ITWIN_API_URL });
    expect(named.sort()).toEqual(routes.map(({ method, path }) => `${method} ${path}`).sort());
  });

  it('tells of what docs/api.md shows by example, route by route', async () => {
    const page = await readFile(new URL('../../../../docs/api.md', import.meta.url), 'utf8');
    const shown = [...page.matchAll(/^## `(.*)`$/gm)].map(([, route]) => route);
    expect(shown.sort()).toEqual(named.sort());
  });

  it('has an example of every body that is sent or answered', () => {
    const bodies = bodiesIn(document);
    expect(bodies.length).toBeGreaterThan(named.length);
    for (const { path, body } of bodies) {
      expect(Object.keys(body.examples ?? {}).length, path).toBeGreaterThan(0);
    }
  });
});

interface Body {
  readonly examples?: object;
}

/** All that stands under a `content`, by its place in the document. */
function bodiesIn(node: unknown, path = ''): { path: string; body: Body }[] {
  if (typeof node !== 'object' || node === null) return [];
  return Object.entries(node).flatMap(([key, value]) => {
    const place = `${path}/${key}`;
    if (key !== 'content') return bodiesIn(value, place);
    return Object.entries<Body>(value).map(([type, body]) => ({ path: `${place}/${type}`, body }));
  });
}
