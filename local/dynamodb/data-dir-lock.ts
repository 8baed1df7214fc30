import { join } from 'node:path';
import { Level } from 'level';

/** Another local run keeps its tables in the same folder. */
export class DataDirInUse extends Error {
  override readonly name = 'DataDirInUse';
}

/**
 * Takes a folder for this process alone. LevelDB locks what it opens by means of the operating
 * system, so the lock goes with the process, however that ends.
 *
 * @returns what gives the folder back.
 * @throws {DataDirInUse} when somebody else has it.
 */
export async function lockDataDir(dataDir: string): Promise<() => Promise<void>> {
  const lock = new Level(join(dataDir, 'lock'));
  try {
    await lock.open();
  } catch (error) {
    if (!isLocked(error)) throw error;
    throw new DataDirInUse(
      `Another local run keeps its tables in ${dataDir}. Stop it, or set DATA_DIR to another folder.`,
      { cause: error },
    );
  }
  return () => lock.close();
}

function isLocked(error: unknown): boolean {
  const cause = error instanceof Error && error.cause;
  return cause instanceof Error && 'code' in cause && cause.code === 'LEVEL_LOCKED';
}
