import { describe, expect, it } from 'vitest';
import published from '../../../../docs/openapi.json' with { type: 'json' };
import { routesOf } from '../../../../functions/api/create-api.ts';
import served from '../../../../functions/api/extraction-monitor.openapi.json' with {
  type: 'json',
};
import { openApiDocument } from '../../../../functions/api/openapi/document.ts';
import type { ApiPorts } from '../../../../functions/api/route.ts';

const document = openApiDocument();

const operations = Object.entries(document.paths ?? {}).flatMap(([path, item]) =>
  Object.entries(item).map(([method, operation]) => ({ path, method, operation })),
);

describe('the OpenAPI document', () => {
  it('is what the code says: run `npm run openapi` after a change', () => {
    const current = JSON.parse(JSON.stringify(document));
    expect(published).toEqual(current);
    expect(served).toEqual(current);
  });

  it('tells of every route, and of no other', () => {
    const routes = routesOf({} as ApiPorts, { remindAfterMinutes: 0 });
    expect(operations.map(({ method, path }) => `${method.toUpperCase()} ${path}`).sort()).toEqual(
      routes.map(({ method, path }) => `${method} ${path}`).sort(),
    );
  });

  it('has an example of every body that is sent or answered', () => {
    const bodies = bodiesIn(document);
    expect(bodies.length).toBeGreaterThan(operations.length);
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
