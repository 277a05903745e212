import type { Engine } from '../engine/engine';
import type { Store } from '../store/store';

/** What the operations work on. */
export interface ServiceContext {
  store: Store;
  engine: Engine;
}

/**
 * An SDK's input type after its check: members that the service requires are there. (The SDK types every
 * required member as possibly undefined.)
 */
export type Checked<T> = {
  [K in keyof T]: T extends Required<Pick<T, K>> ? Exclude<T[K], undefined> : T[K];
};

/** A service operation; its input has been checked against the service's model. */
export type Operation = (input: never) => object | Promise<object>;
export type Operations = Readonly<Record<string, Operation>>;

/** Records a page where the request names no limit. */
export const defaultPage = 100;

/** The request of a listing without what changes from page to page: what a page token is bound to. */
export function questionOf(operation: string, input: object): unknown {
  const { NextToken: _, MaxResults: __, ...question } = input as Record<string, unknown>;
  return [operation, question];
}
