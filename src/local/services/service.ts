import type { Context } from '../engine/context';
import type { Part } from '../store/part';
import type { Operations, WireService } from '../wire/service';

/**
 * A service of AWS: one folder with an `index.ts` that gives one of these, and a line in `services/index.ts`.
 */
export interface Service extends Omit<WireService, 'operations'> {
  /** What it keeps in the store. */
  tables: readonly Part<unknown>[];
  /** Its operations on a running control plane. */
  operations(context: Context): Operations;
  /** Whether a resource with this ARN is there: those can be tagged. Undefined for ARNs of no resource of its. */
  resources?(context: Context, arn: string): boolean;
}

/**
 * An SDK's input type after its check: members that the service requires are there. (The SDK types every
 * required member as possibly undefined.)
 */
export type Checked<T> = {
  [K in keyof T]: T extends Required<Pick<T, K>> ? Exclude<T[K], undefined> : T[K];
};
