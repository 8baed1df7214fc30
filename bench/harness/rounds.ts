/**
 * Lets each contender run once a round, one after the other, so that whatever else keeps the machine
 * busy meets all of them alike.
 *
 * @returns what each of them measured, round by round
 */
export async function interleaved<Name extends string, Measured>(
  rounds: number,
  contenders: Readonly<Record<Name, () => Promise<Measured>>>,
): Promise<Readonly<Record<Name, readonly Measured[]>>> {
  const names = Object.keys(contenders) as Name[];
  const measured = Object.fromEntries(names.map((name) => [name, [] as Measured[]])) as Record<
    Name,
    Measured[]
  >;
  for (let round = 0; round < rounds; round += 1) {
    for (const name of names) measured[name].push(await contenders[name]());
  }
  return measured;
}

/** The value that a share of all values does not exceed (0.5: the median). */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.ceil(sorted.length * share) - 1] ?? Number.NaN;
}

/** The median of the ratios of each round. */
export function medianRatio(ours: readonly number[], baseline: readonly number[]): number {
  return quantile(
    ours.map((value, round) => value / (baseline[round] ?? Number.NaN)),
    0.5,
  );
}
