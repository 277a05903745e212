/**
 * An error as the service would answer it: `type` is the exception's name on the wire. The message is for
 * the person at the other end.
 */
export class ServiceError extends Error {
  override readonly name = 'ServiceError';

  constructor(
    readonly type: string,
    message: string,
    readonly status = 400,
    /** Its members beside the message. */
    readonly members: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
  }
}

/** A request that does not meet the service's rules. */
export function invalid(message: string): ServiceError {
  return new ServiceError('ValidationException', message);
}

/** SageMaker's answer for pipelines and executions that do not exist. */
export function notFound(message: string): ServiceError {
  return new ServiceError('ResourceNotFound', message);
}

export function conflict(message: string): ServiceError {
  return new ServiceError('ConflictException', message);
}
