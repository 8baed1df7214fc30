import { expect } from 'vitest';
import type { TestRequest } from './api-event.ts';
import type { Answer, TestApi } from './test-api.ts';

/** Sends a request that must be refused, and looks that nothing was so much as read for it. */
export async function refused(
  api: TestApi,
  method: string,
  path: string,
  request?: TestRequest,
): Promise<Answer> {
  api.forget();
  const answer = await api.request(method, path, request);
  expect(answer.headers['Content-Type']).toBe('application/problem+json');
  expect(answer.body).toMatchObject({ type: 'about:blank', status: answer.status });
  expect(api.commands).toEqual([]);
  return answer;
}
