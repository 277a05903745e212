/** What `AbortSignal` rejects with. */
function aborted(): DOMException {
  return new DOMException('This operation was aborted', 'AbortError');
}

/**
 * `work`, but no longer than until `signal` is aborted, whatever `work` makes of the signal: then it rejects with an
 * `AbortError`, and what `work` still comes to is dropped.
 */
export function untilAborted<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  if (signal.aborted) {
    work.catch(() => undefined);
    return Promise.reject(aborted());
  }
  return new Promise<T>((resolve, reject) => {
    const end = (): void => reject(aborted());
    signal.addEventListener('abort', end, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', end));
  });
}
