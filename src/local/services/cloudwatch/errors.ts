import { ServiceError } from '../../wire/errors';

/** The names of these errors in the query protocol, where they differ from the shapes'. */
export const queryErrors = {
  InvalidParameterValueException: 'InvalidParameterValue',
  InvalidParameterCombinationException: 'InvalidParameterCombination',
  MissingRequiredParameterException: 'MissingParameter',
};

export function parameter(message: string): ServiceError {
  return new ServiceError('InvalidParameterValueException', message);
}

export function combination(message: string): ServiceError {
  return new ServiceError('InvalidParameterCombinationException', message);
}

export function missing(message: string): ServiceError {
  return new ServiceError('ResourceNotFound', message, 404);
}
