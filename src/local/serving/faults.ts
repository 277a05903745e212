/** The variable of a model's environment that names the faults it shall have, for demonstrations and drills. */
export const faultVariable = 'MLOPS_FLOW_FAULT';

/** The faults that are not the worker's own (`media/python/serving.py` has those). */
export interface Faults {
  /** How many instances of the model can be launched at all, counted since Local has started. */
  capacity: number;
}

/**
 * Reads `slow=300,fail=0.2,crash=50,start,ping,capacity=3`: milliseconds more for each request, a share of requests
 * that fail, a process that ends with its 50th request, one that does not start, one that is never healthy, and
 * instances that can be launched (`capacity` alone: none).
 */
export function faultsOf(environment: Readonly<Record<string, string>>): Faults {
  const given = (environment[faultVariable] ?? '')
    .split(',')
    .map((part) => part.trim().split('='))
    .find(([name]) => name === 'capacity');
  return { capacity: given ? Number(given[1] ?? 0) : Number.POSITIVE_INFINITY };
}
