import { ServiceError } from './errors';
import type { ServiceModel } from './model';

export type ProtocolName = 'json' | 'query' | 'rest-json' | 'rest-xml' | 'rpc-v2-cbor';

/** A service operation; its input has been checked against the service's model. */
export type Operation = (input: never) => object | Promise<object>;
export type Operations = Readonly<Record<string, Operation>>;

/** The names of the errors that the wire itself answers with, where a service's own differ from its protocol's. */
export interface WireErrors {
  /** A request that does not meet the limits of the model. */
  invalid?: string;
  /** An operation that is not there. */
  unknown?: string;
}

/** A service as the wire sees it. */
export interface WireService {
  /** The name in the credential scope. */
  signingName: string;
  /** What it is called in messages: `SageMaker`. */
  title: string;
  /** The protocols it can be asked in, its own first. */
  protocols: readonly ProtocolName[];
  /** For `json`, what stands before the last dot of `X-Amz-Target`; for `rpc-v2-cbor`, the service in the path. */
  targetPrefix?: string;
  model: ServiceModel;
  operations: Operations;
  errors?: WireErrors;
  /** The names of errors in the query protocol, where they differ from the shapes', for clients that know those. */
  queryErrors?: Readonly<Record<string, string>>;
  /** The largest body of a request, in bytes, where it may be larger than those of other services. */
  maxBody?: number;
  /** The roots of its XML answers by operation, where they differ from the names of the shapes. */
  xmlRoots?: Readonly<Record<string, string>>;
}

/** An operation that the real service may have and this control plane has not. */
export function notImplemented(what: string, type = 'UnknownOperationException', status = 400): ServiceError {
  return new ServiceError(type, `Local does not implement ${what}. Use a connection to an AWS account for it.`, status);
}
