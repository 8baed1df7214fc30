import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { sharedLocalProcess, startLocalProcess } from './support/local-run.ts';

const FORGED = JSON.stringify({ scenario: 'fails', jobId: '40f71ed2-31a3-45d3-bce0-5c9f3f112c03' });

/** Sends what a browser would; unlike `fetch` this lets a test say the host. */
async function send(
  port: number,
  options: { method?: string; path?: string; headers?: Record<string, string>; body?: string },
) {
  const { method = 'GET', path = '/', headers = {}, body = '' } = options;
  const framed = { ...headers, 'content-length': String(Buffer.byteLength(body)) };
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, method, path, headers: framed }, resolve);
    sent.on('error', reject).end(body);
  });
  return { status: response.statusCode, headers: response.headers, body: await text(response) };
}

/** The ports that a process listens on, of all addresses. */
function portsOf(pid: number): number[] {
  const sockets = readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
    try {
      return /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1] ?? [];
    } catch {
      return [];
    }
  });
  const lines = ['tcp', 'tcp6'].flatMap((table) =>
    readFileSync(`/proc/${pid}/net/${table}`, 'utf8').trim().split('\n').slice(1),
  );
  return lines.flatMap((line) => {
    const [, local = '', , state, , , , , , inode = ''] = line.trim().split(/\s+/);
    const isListening = state === '0A' && sockets.includes(inode);
    return isListening ? [Number.parseInt(local.split(':')[1] ?? '', 16)] : [];
  });
}

const PATHS = ['/', '/jobs', '/local/alerts', '/simulator', '/simulator/runs', '/connect/token'];

async function eachPath(port: number, options: Parameters<typeof send>[1]) {
  return Promise.all(PATHS.map((path) => send(port, { ...options, path })));
}

describe.runIf(process.platform === 'linux')('every port of a local run', () => {
  const shared = sharedLocalProcess(() => ({ ALLOWED_HOST: 'Monitor.example.com' }));

  it('is that of the API or of the simulator: the engines have none', async () => {
    const ports = portsOf(shared().pid);
    const told =
      shared()
        .output()
        .match(/http:\/\/127\.0\.0\.1:\d+/g) ?? [];
    expect(ports.map((port) => `http://127.0.0.1:${port}`).sort()).toEqual(
      [...new Set(told)].sort(),
    );
    expect(ports).toHaveLength(2);
  });

  it('refuses a foreign host, a foreign origin, and what a page may post; nothing comes of it', async () => {
    const run = shared();
    for (const port of portsOf(run.pid)) {
      const host = `127.0.0.1:${port}`;
      for (const foreign of [
        'evil.example',
        `evil.example:${port}`,
        `127.0.0.1.evil.example:${port}`,
      ]) {
        for (const { status } of await eachPath(port, { headers: { host: foreign } })) {
          expect(status).toBe(421);
        }
      }
      for (const origin of [
        'http://evil.example',
        'null',
        'http://127.0.0.1:1',
        `https://x@${host}.evil.example`,
      ]) {
        const headers = { host, origin, 'content-type': 'application/json' };
        for (const method of ['GET', 'POST', 'DELETE']) {
          for (const answer of await eachPath(port, { method, headers, body: FORGED })) {
            expect(answer.status).toBe(403);
            expect(answer.headers['access-control-allow-origin']).toBeUndefined();
          }
        }
      }
      const headers = { host, 'content-type': 'text/plain;charset=UTF-8' };
      for (const { status } of await eachPath(port, { method: 'POST', headers, body: FORGED })) {
        expect(status).toBeGreaterThanOrEqual(400);
      }
    }
    const { jobs } = await run.get<{ jobs: { jobId: string }[] }>('/jobs');
    expect(jobs.map(({ jobId }) => jobId)).not.toContain(JSON.parse(FORGED).jobId);
    expect(run.output()).not.toContain('Error');
  });

  it('answers no preflight', async () => {
    for (const port of portsOf(shared().pid)) {
      const answers = await eachPath(port, {
        method: 'OPTIONS',
        headers: {
          host: `127.0.0.1:${port}`,
          origin: 'https://evil.example',
          'access-control-request-method': 'POST',
          'access-control-request-headers': 'content-type,x-amz-target',
          'access-control-request-private-network': 'true',
        },
      });
      for (const { status, headers } of answers) {
        expect(status).toBe(403);
        expect(Object.keys(headers).filter((name) => name.startsWith('access-control'))).toEqual(
          [],
        );
      }
    }
  });

  it('answers to the names that are allowed, for a proxy in front, and to its own page', async () => {
    const port = Number(new URL(shared().url).port);
    const host = 'monitor.example.com';
    const ask = (headers: Record<string, string>) => send(port, { path: '/jobs', headers });
    expect(await ask({ host })).toMatchObject({ status: 200 });
    expect(await ask({ host, origin: `https://${host}` })).toMatchObject({ status: 200 });
    expect(await ask({ host, origin: 'https://other.example.com' })).toMatchObject({ status: 403 });
    expect(await ask({ host: 'other.example.com' })).toMatchObject({ status: 421 });
  });

  it('warns when it listens for others than this machine', async () => {
    const run = await startLocalProcess({ HOST: '0.0.0.0' });
    const { port } = new URL(run.url);
    await run.prints(`It listens on 0.0.0.0, port ${port}: anyone who reaches that may read,`);
    // It would warn of that before.
    await shared().prints(/Demo: [^\n]+: Registered → Queued/);
    expect(shared().output()).not.toContain('It listens on');
  });
});
