import { App, CfnResource, type Stack } from 'aws-cdk-lib';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { createStack, EVERY_SETTING } from './support/stack.ts';

const synthesize = (stack: Stack) => () => (App.of(stack) as App).synth();

describe("the CDK's validation", { timeout: 120_000 }, () => {
  // It is off in all other tests.
  beforeEach(() => void vi.stubEnv('CDK_VALIDATION', undefined));

  it.each([
    ['without settings', {}],
    ['with every setting', EVERY_SETTING],
    ['of an ephemeral deployment', { ephemeral: true }],
  ])('finds no error in the template %s', (_, props) => {
    expect(synthesize(createStack(props))).not.toThrow();
  });

  it('finds a property that there is not', () => {
    const stack = createStack();
    new CfnResource(stack, 'Queue', { type: 'AWS::SQS::Queue', properties: { QueueNam: 'q' } });
    expect(synthesize(stack)).toThrow('QueueNam');
  });
});
