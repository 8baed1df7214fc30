import type { z } from 'zod';
import { closestWord } from './closest-word.ts';
import { alertSchema, settingsSchema } from './settings-schema.ts';

/** Each of the issues as a sentence that says what to write instead. */
export function settingProblems(issues: readonly z.core.$ZodIssue[]): string[] {
  return issues.flatMap((issue) => {
    if (issue.code === 'unrecognized_keys') {
      const { shape } = issue.path.length === 0 ? settingsSchema : alertSchema;
      return issue.keys.map((key) => unknownSetting([...issue.path, key], Object.keys(shape)));
    }
    if (issue.path.length === 0) return issue.message;
    return `${nameOf(issue.path)} is ${JSON.stringify(issue.input)}: write ${issue.message}.`;
  });
}

function unknownSetting(path: readonly PropertyKey[], known: readonly string[]): string {
  const closest = closestWord(String(path.at(-1)), known);
  const help = closest ? `Did you mean ${closest}?` : `There are ${known.join(', ')}.`;
  return `${nameOf(path)} is not a setting. ${help}`;
}

/** As in `alerts[0].states[1]`. */
function nameOf(path: readonly PropertyKey[]): string {
  return path
    .map((step) => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`))
    .join('')
    .slice(1);
}
