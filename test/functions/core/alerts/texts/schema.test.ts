import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { alertMessage, bareAlertMessage } from '../../../../../functions/core/alerts/message.ts';
import { ALL_SAMPLES, sample } from './support/all-samples.ts';
import { anyAlert } from './support/any-alert.ts';

const schema = JSON.parse(
  readFileSync(new URL('../../../../../docs/alert.schema.json', import.meta.url), 'utf8'),
);
const ajv = new Ajv2020({ strict: true, allowUnionTypes: true, allErrors: true });
addFormats.default(ajv);
const validate = ajv.compile(schema);

function problems(document: unknown): string[] {
  validate(document);
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

const document = JSON.parse(alertMessage(sample('partially succeeded')).default);

describe('the JSON of an alert', () => {
  it.each(Object.entries(ALL_SAMPLES))('fits docs/alert.schema.json: %s', (_, alert) => {
    expect(problems(JSON.parse(alertMessage(alert).default))).toEqual([]);
    expect(problems(JSON.parse(bareAlertMessage(alert).default))).toEqual([]);
  });

  it('fits it whatever upstream and callers write', () => {
    fc.assert(
      fc.property(anyAlert, (alert) => {
        expect(problems(JSON.parse(alertMessage(alert).default))).toEqual([]);
        expect(problems(JSON.parse(bareAlertMessage(alert).default))).toEqual([]);
      }),
    );
  });
});

describe('docs/alert.schema.json', () => {
  it.each(pathsOf(document))('refuses an alert without %s', (path) => {
    expect(problems(without(document, path.split('/')))).not.toEqual([]);
  });

  it.each(objectPathsOf(document))('refuses an alert with one field more in "%s"', (path) => {
    expect(problems(changed(document, path.split('/').filter(Boolean), withMore))).not.toEqual([]);
  });

  it.each([
    ['another version', { version: 2 }],
    ['an unknown kind', { kind: 'Started' }],
    ['a time that is none', { at: '23 Nov 2026' }],
    ['a state of two words', { state: 'Not found' }],
    ['a reason that is too long', { reason: 'x'.repeat(1_025) }],
    ['a link that is none', { logsUrl: 'logs' }],
    ['a job id that is none', { jobId: '40f71ed2' }],
    ['a kind of job of two words', { jobKind: 'an extraction' }],
    ['an iModel that is none', { iModelId: 'bridge' }],
    ['a beginning that is no time', { startedAt: 'never' }],
    ['an end of which it says nothing more', { endedBeforeFirstSeen: null }],
  ])('refuses %s', (_, fields) => {
    expect(problems({ ...document, ...fields })).toHaveLength(1);
  });
});

type Json = Record<string, unknown>;

/** Paths of all fields, of lists those of their first item. */
function pathsOf(document: Json): string[] {
  return Object.entries(document).flatMap(([name, value]) => {
    const inside = Array.isArray(value) ? { 0: value[0] } : value;
    const deeper = isObject(inside) ? pathsOf(inside).map((path) => `${name}/${path}`) : [];
    return [...(name === '0' ? [] : [name]), ...deeper];
  });
}

/** Paths of all objects, of lists those of their first item. */
function objectPathsOf(document: Json): string[] {
  const parents = pathsOf(document).map((path) => path.split('/').slice(0, -1).join('/'));
  return [...new Set(parents)];
}

function without(document: Json, path: readonly string[]): unknown {
  const last = path.at(-1) ?? '';
  return changed(document, path.slice(0, -1), (parent) =>
    Object.fromEntries(Object.entries(parent).filter(([name]) => name !== last)),
  );
}

function withMore(object: Json): Json {
  return { ...object, more: true };
}

function changed(document: Json, path: readonly string[], change: (object: Json) => Json): Json {
  const [name, ...rest] = path;
  if (name === undefined) return change(document);
  const copy = structuredClone(document);
  copy[name] = changed(copy[name] as Json, rest, change);
  return copy;
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null;
}
