import type { ContainerDefinition } from '@aws-sdk/client-sagemaker';
import type { Store } from '../store/store';
import { invalid } from '../wire/errors';
import { modelPackages } from './model-packages';
import { findModel } from './models';

/** What a model is served from. */
export interface ModelSource {
  image: string;
  /** The S3 URI of the archive, or of the folder that a model without compression lies in. */
  data?: string;
  environment: Readonly<Record<string, string>>;
  /** Many models behind one container, by the names of their archives; `data` is the folder that those lie in. */
  multiModel?: 'cached' | 'uncached';
}

/** The image, archive and environment of a model, also of one that names a version of the registry. @throws {ServiceError} */
export function modelSource(store: Store, name: string): ModelSource {
  const { doc } = findModel(store, name);
  const containers = doc.PrimaryContainer ? [doc.PrimaryContainer] : (doc.Containers ?? []);
  const [first] = containers;
  if (!first || containers.length > 1) {
    throw invalid(
      `The model ${name} is a pipeline of ${containers.length} containers, and Local serves models of one. Use a connection to an AWS account for it.`,
    );
  }
  return containerSource(store, first);
}

function containerSource(store: Store, container: ContainerDefinition): ModelSource {
  const { ModelPackageName: name } = container;
  const version = name === undefined ? undefined : modelPackages(store).get(name);
  if (name !== undefined && !version) throw invalid(`Could not find model package "${name}".`);
  const packaged = version?.doc.InferenceSpecification?.Containers?.[0];
  const data =
    container.ModelDataUrl ??
    container.ModelDataSource?.S3DataSource?.S3Uri ??
    packaged?.ModelDataUrl ??
    packaged?.ModelDataSource?.S3DataSource?.S3Uri;
  return {
    image: container.Image ?? packaged?.Image ?? '',
    ...(data === undefined ? {} : { data }),
    environment: { ...packaged?.Environment, ...container.Environment },
    ...(container.Mode === 'MultiModel'
      ? { multiModel: container.MultiModelConfig?.ModelCacheSetting === 'Disabled' ? 'uncached' : 'cached' }
      : {}),
  };
}
