/** A wait that an abort ends. */
export function wait(ms: number, signal: AbortSignal): Promise<null> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(done, ms);
    function stop(): void {
      clearTimeout(timer);
      reject(signal.reason);
    }
    function done(): void {
      signal.removeEventListener('abort', stop);
      resolve(null);
    }
    signal.addEventListener('abort', stop, { once: true });
  });
}
