import { describe, expect, it } from 'vitest';
import { dependenciesOf, resolve, UnknownFunction } from '../../rehearsal/template.ts';

const nameOf = (id: string, attribute?: string) => (attribute ? `${id}.${attribute}` : `<${id}>`);

describe('a value of a template', () => {
  it.each([
    ['a text as it is', 'text', 'text'],
    ['a reference', { Ref: 'Topic' }, '<Topic>'],
    ['an attribute', { 'Fn::GetAtt': ['Topic', 'Arn'] }, 'Topic.Arn'],
    ['parts', { 'Fn::Join': ['-', ['a', { Ref: 'B' }]] }, 'a-<B>'],
    ['a text with references', { 'Fn::Sub': `a-$\{B}` }, 'a-<B>'],
    ['an object with one key', { Value: { Ref: 'B' } }, { Value: '<B>' }],
    ['a list', [{ Ref: 'A' }, 2, null], ['<A>', 2, null]],
    ['a choice', { 'Fn::If': ['IsIt', 'yes', 'no'] }, 'yes'],
    ['another choice', { 'Fn::If': ['IsNot', 'yes', { Ref: 'No' }] }, '<No>'],
  ])('is %s', (_, value, expected) => {
    const conditions = {
      IsIt: { 'Fn::Equals': [{ Ref: 'A' }, '<A>'] },
      IsNot: { 'Fn::Equals': [{ Ref: 'A' }, 'B'] },
    };
    expect(resolve(value, nameOf, conditions)).toEqual(expected);
  });

  it('with a function that is not known is refused', () => {
    expect(() => resolve({ 'Fn::Select': [0, ['a']] }, nameOf)).toThrow(UnknownFunction);
  });

  it('needs what it refers to and what it says it depends on, pseudo parameters aside', () => {
    const Properties = {
      A: { Ref: 'B' },
      C: { 'Fn::GetAtt': ['D', 'Arn'] },
      E: { Ref: 'AWS::Region' },
    };
    const resource = { Type: 'Any', Properties, DependsOn: ['F'] };
    expect(dependenciesOf(resource)).toEqual(['F', 'B', 'D']);
  });
});
