import type { ServiceError } from '../errors';
import type { OperationModel } from '../model';
import type { WireAnswer, WireRequest } from '../message';
import type { WireService } from '../service';

/** How one protocol of AWS reads requests and writes answers and errors. */
export interface Protocol {
  /** The operation that a request names, whether the service has it or not; undefined where it names none. */
  operationOf(service: WireService, request: WireRequest): string | undefined;
  /** Takes the input out of a request, as plain values named by the model's members; limits are not checked yet. */
  read(service: WireService, name: string, operation: OperationModel, request: WireRequest): unknown;
  write(service: WireService, name: string, operation: OperationModel, output: object, requestId: string): WireAnswer;
  writeError(error: ServiceError, request: WireRequest, requestId: string, service?: WireService): WireAnswer;
  /** The exception of an operation that is not there. */
  unknown: { type: string; status: number };
  /** The exception of a request that does not meet the model's limits. */
  invalid: string;
}
