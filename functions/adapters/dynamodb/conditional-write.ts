import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';

/**
 * Whether a conditional write went through.
 *
 * False can be wrong: when an answer gets lost, the SDK sends the same write again, and the condition
 * then fails on what the first attempt wrote. So false means "read again before you go on", never
 * "nothing changed". Likewise, an error says nothing about whether the write was made.
 *
 * @returns false when the condition did not hold
 */
export async function isWritten(write: Promise<unknown>): Promise<boolean> {
  try {
    await write;
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}
