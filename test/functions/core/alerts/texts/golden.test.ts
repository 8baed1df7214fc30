import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { alertMessage, bareAlertMessage } from '../../../../../functions/core/alerts/message.ts';
import { ALL_SAMPLES, sample } from './support/all-samples.ts';
import { show } from './support/show.ts';

const BARE = ['failed with issues', 'still running', 'outside texts like lines of ours'];

/** Mended with `npm run docs:alerts`; read each changed file before you commit it. */
describe('the texts of an alert read as in golden/:', () => {
  it.each(Object.entries(ALL_SAMPLES))('%s', async (name, alert) => {
    const text = show(alertMessage(alert));
    await expect(text).toMatchFileSnapshot(`golden/${fileOf(name)}`);
  });

  it.each(BARE)('%s, bare', async (name) => {
    const text = show(bareAlertMessage(sample(name)));
    await expect(text).toMatchFileSnapshot(`golden/${fileOf(`${name}, bare`)}`);
  });

  it('and there is no other file', () => {
    const names = [...Object.keys(ALL_SAMPLES), ...BARE.map((name) => `${name}, bare`)];
    const wanted = new Set(names.map(fileOf));
    const files = readdirSync(new URL('golden', import.meta.url));
    expect(files.filter((file) => !wanted.has(file))).toEqual([]);
  });
});

function fileOf(name: string): string {
  return `${name.replaceAll(',', '').replaceAll(' ', '-').toLowerCase()}.txt`;
}
