import { describe, expect, it } from 'vitest';
import { alertMessage, bareAlertMessage } from '../../../../functions/core/alert-texts.ts';
import { ALL_SAMPLES, sample } from './support/all-samples.ts';
import { show } from './support/show.ts';

/** Mended with `npm run docs:alerts`; read each changed file before you commit it. */
describe('the texts of an alert read as in golden/:', () => {
  it.each(Object.entries(ALL_SAMPLES))('%s', async (name, alert) => {
    await expect(show(alertMessage(alert))).toMatchFileSnapshot(fileOf(name));
  });

  it.each(['failed with issues', 'still running', 'outside texts like lines of ours'])(
    '%s, bare',
    async (name) => {
      await expect(show(bareAlertMessage(sample(name)))).toMatchFileSnapshot(
        fileOf(`${name}, bare`),
      );
    },
  );
});

function fileOf(name: string): string {
  return `golden/${name.replaceAll(',', '').replaceAll(' ', '-').toLowerCase()}.txt`;
}
