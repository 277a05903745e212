import { recordsOf } from '../store/part';
import type { Store } from '../store/store';
import { invalid } from '../wire/errors';
import { sagemakerArn } from './arns';
import type { Endpoint } from './endpoints';

/** An inference component: a model on the instances of an endpoint. It changes as an endpoint of one variant does. */
export interface InferenceComponent extends Endpoint {
  endpoint: string;
  variant: string;
}

export const inferenceComponents = recordsOf<InferenceComponent>(
  'inference_components',
  {
    columns:
      'endpoint TEXT NOT NULL, variant TEXT NOT NULL, status TEXT NOT NULL, created REAL NOT NULL, modified REAL NOT NULL',
  },
  ({ name, endpoint, variant, status, createdAt, modifiedAt }) => ({
    id: name,
    endpoint,
    variant,
    status,
    created: createdAt.getTime(),
    modified: modifiedAt.getTime(),
  }),
);

export function componentArn(name: string): string {
  return sagemakerArn('inference-component', name);
}

/** The inference components of an endpoint, the oldest first. */
export function componentsOf(store: Store, endpoint: string): InferenceComponent[] {
  return inferenceComponents(store).list('endpoint = ?', endpoint);
}

/** @throws {ServiceError} `ValidationException` */
export function findComponent(store: Store, name: string): InferenceComponent {
  const found = inferenceComponents(store).get(name);
  if (!found) throw invalid(`Could not find inference component "${componentArn(name)}".`);
  return found;
}
