// Many requests at once, but not all.

/** Requests under way at the same time: the SDK's connection pool has 50, and two invocations may share one process in tests. */
const MOST_AT_ONCE = 24;

/** Results in the order of `inputs`. When one fails, no further one begins, and what is under way is waited for. */
export async function inParallel<Input, Result>(
  inputs: readonly Input[],
  start: (input: Input) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = new Array(inputs.length);
  const failures: unknown[] = [];
  let next = 0;
  async function runner(): Promise<void> {
    while (next < inputs.length && failures.length === 0) {
      const at = next++;
      try {
        results[at] = await start(inputs[at]!);
      } catch (error) {
        failures.push(error);
      }
    }
  }
  await Promise.all(Array.from({ length: Math.min(MOST_AT_ONCE, inputs.length) }, runner));
  if (failures.length > 0) throw failures[0];
  return results;
}
