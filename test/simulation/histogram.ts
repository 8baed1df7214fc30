/** How often each value occurred. */
export type Histogram = Map<number, number>;

/** Counts a value once more, or so many times more. */
export function countValue(histogram: Histogram, value: number, times = 1): void {
  histogram.set(value, (histogram.get(value) ?? 0) + times);
}

/** The value that such a share of the values stays at or below; 0 of none. */
export function quantile(histogram: Histogram, share: number): number {
  const values = [...histogram].sort(([a], [b]) => a - b);
  const count = values.reduce((sum, [, times]) => sum + times, 0);
  let rank = Math.min(count - 1, Math.floor(share * count));
  for (const [value, times] of values) {
    if (rank < times) return value;
    rank -= times;
  }
  return 0;
}
