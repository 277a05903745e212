import type { RetryPolicy } from './definition';

/**
 * How long to wait before a failed step is tried again, in milliseconds; undefined when it is not.
 * The first policy that names the exception decides.
 */
export function retryDelay(
  policies: readonly RetryPolicy[],
  exception: string | undefined,
  attempts: number,
): number | undefined {
  const policy = policies.find(({ exceptions }) => exception !== undefined && exceptions.includes(exception));
  if (!policy || attempts > policy.maxAttempts) return undefined;
  return policy.intervalSeconds * policy.backoffRate ** (attempts - 1) * 1000;
}
