import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout } from 'node:timers/promises';
import { listenFor } from '../../local/listen.ts';
import { answering } from '../harness/program.ts';
import { runsOf } from './pending-jobs.ts';

/** Upstream at its least: every run is Running, and whoever asks for a token gets one. */
let latency = 0;

const server = createServer({ keepAliveTimeout: 60_000 }, async (request, response) => {
  if (request.method === 'POST') return send(response, TOKEN);
  if (latency > 0) await setTimeout(latency);
  send(response, running(request));
});
const url = await listenFor(server);

/** From now on an answer takes so many ms. */
answering(async (question: { readonly latency: number }) => {
  latency = question.latency;
  return { url };
});

const TOKEN = { access_token: 'token', token_type: 'Bearer', expires_in: 3_600 };

function running({ url: path = '' }: IncomingMessage): object {
  const [, iModelId] = /[?&]iModelId=([^&]+)/.exec(path) ?? [];
  if (iModelId) return { extractions: runsOf(iModelId).map((id) => ({ id, state: 'Running' })) };
  if (path.startsWith('/grouping')) return { extraction: { state: 'Running' } };
  const logs = { href: `${url}${path}/logs` };
  const state = { state: 'Running', reason: 'Not completed yet.', containsIssues: false };
  return { status: { ...state, _links: { logs } } };
}

function send(response: ServerResponse, body: object): void {
  const text = JSON.stringify(body);
  response.writeHead(200, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
  });
  response.end(text);
}
