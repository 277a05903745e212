import { noteCall } from '../domain/trail';
import type { Store } from '../store/store';
import { ServiceError } from '../wire/errors';
import type { Operation, Operations } from '../wire/service';

/** Operations that change something; those that only read are not kept. */
const changing =
  /^(Create|Update|Delete|Start|Stop|Retry|Rollback|Put|Enable|Disable|Override|Register|Deregister|Tag|Untag|Add|Remove|BatchDelete|Invalidate|Set|Attach|Detach)/;

/** Services whose changes are data, not management: CloudTrail's event history has none of them. */
const dataServices: ReadonlySet<string> = new Set(['s3', 'logs']);
const dataOperations: ReadonlySet<string> = new Set(['PutMetricData', 'BatchPutMetrics']);

/**
 * Operations that are written into the event history when they have changed something, or have tried to.
 *
 * @param by the service that calls them for a user
 */
export function audited(store: Store, service: string, operations: Operations, by?: string): Operations {
  if (dataServices.has(service)) return operations;
  return Object.fromEntries(
    Object.entries(operations).map(([name, operation]) => {
      if (!changing.test(name) || dataOperations.has(name)) return [name, operation];
      const caller = by === undefined ? {} : { by };
      const noted: Operation = async (input) => {
        try {
          const output = await operation(input);
          await store.grouped(() => noteCall(store, { service, operation: name, input, output, ...caller }));
          return output;
        } catch (error) {
          if (error instanceof ServiceError) {
            const { type, message } = error;
            const failure = { type, message };
            await store.grouped(() => noteCall(store, { service, operation: name, input, error: failure, ...caller }));
          }
          throw error;
        }
      };
      return [name, noted];
    }),
  );
}
