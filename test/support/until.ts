/** Waits until `ready` gives a value; the test's own time limit ends it. */
export async function until<T>(
  ready: () => T | undefined | false | null | Promise<T | undefined | false | null>,
): Promise<T> {
  for (;;) {
    const value = await ready();
    if (value !== undefined && value !== false && value !== null) return value;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
