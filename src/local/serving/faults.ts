/** The variable of a model's environment that names the faults it shall have, for demonstrations and drills. */
export const faultVariable = 'MLOPS_FLOW_FAULT';

/** The faults that are not the worker's own (`media/python/serving.py` has those). */
export interface Faults {
  /** How many instances of the model can be launched at all, counted since Local has started. */
  capacity: number;
  /** How many models an instance of a multi-model container keeps loaded. */
  models: number;
}

/** Models that an instance keeps loaded, unless the model's environment says otherwise: each is a process. */
const defaultModels = 5;

/**
 * Reads `slow=300,fail=0.2,crash=50,start,ping,capacity=3,models=2`: milliseconds more for each request, a share of requests
 * that fail, a process that ends with its 50th request, one that does not start, one that is never healthy, instances
 * that can be launched (`capacity` alone: none), and models that fit into an instance.
 */
export function faultsOf(environment: Readonly<Record<string, string>>): Faults {
  const given = new Map(
    (environment[faultVariable] ?? '').split(',').map((part): [string, string | undefined] => {
      const [name = '', value] = part.trim().split('=');
      return [name, value];
    }),
  );
  return {
    capacity: given.has('capacity') ? Number(given.get('capacity') ?? 0) : Number.POSITIVE_INFINITY,
    models: Number(given.get('models') ?? defaultModels),
  };
}
