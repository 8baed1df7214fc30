import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { simulate, statusUrl } from './simulate.ts';

const MAIN = fileURLToPath(new URL('../../../local/itwin-simulator/main.ts', import.meta.url));

/** What curl says of the body that `-d` gives it. */
const AS_CURL = { 'content-type': 'application/x-www-form-urlencoded' };
const put = (url: string, body: string) => fetch(url, { method: 'PUT', headers: AS_CURL, body });

function runMain(port: string) {
  const main = spawn(process.execPath, [MAIN], { env: { ...process.env, SIMULATOR_PORT: port } });
  onTestFinished(() => {
    main.kill('SIGKILL');
  });
  main.stdout.setEncoding('utf8');
  return main;
}

test.each(['SIGINT', 'SIGTERM'] as const)(
  'the command greets with URLs and credentials that work, and %s ends it well',
  async (signal) => {
    const main = runMain('0');
    const [banner]: string[] = await once(main.stdout, 'data');

    const url = /http:\S+/.exec(banner ?? '')?.[0];
    const token = /access token +(\S+)/.exec(banner ?? '')?.[1];
    const [, runsUrl = '', run = ''] = /curl (\S+) -d '(.+)'/.exec(banner ?? '') ?? [];
    const example = /curl -H .+ (\S+)/.exec(banner ?? '')?.[1] ?? '';
    const added = await fetch(runsUrl, { method: 'POST', headers: AS_CURL, body: run });
    const status = await fetch(example, { headers: { authorization: `Bearer ${token}` } });
    expect(runsUrl).toContain(url);
    expect(added.status).toBe(201);
    expect(await status.json()).toMatchObject({ status: { state: 'Queued' } });

    main.kill(signal);
    expect(await once(main, 'exit')).toEqual([0, null]);
  },
);

test('the command ends even while requests are waiting for an answer', async () => {
  const main = runMain('0');
  const [banner]: string[] = await once(main.stdout, 'data');
  const url = /http:\S+/.exec(banner ?? '')?.[0];
  const override = `${url}/simulator/override`;
  await put(override, '{"state":"Running","delayMs":3600000}');
  const lost = expect(fetch(statusUrl({ url: String(url) }))).rejects.toThrow('fetch failed');
  await put(override, '{"kind":"hang"}');

  main.kill('SIGTERM');

  expect(await once(main, 'exit')).toEqual([0, null]);
  await lost;
});

test('the command says in one sentence that its port is in use', async () => {
  const { url } = await simulate();
  const { port } = new URL(url);

  const main = runMain(port);
  const [complaint, [code]] = await Promise.all([text(main.stderr), once(main, 'exit')]);

  expect(code).toBe(1);
  expect(complaint).toBe(
    `Port ${port} is in use: stop what listens there, or set SIMULATOR_PORT to another port.\n`,
  );
});

test('the command says in one sentence that its port is none', async () => {
  const main = runMain('high');
  const [complaint, [code]] = await Promise.all([text(main.stderr), once(main, 'exit')]);

  expect(code).toBe(1);
  expect(complaint).toBe('SIMULATOR_PORT must be a port number from 0 to 65535.\n');
});
