import type { CreateModelInput, DescribeModelOutput } from '@aws-sdk/client-sagemaker';
import { recordsOf } from '../store/part';
import type { Store } from '../store/store';
import { invalid } from '../wire/errors';
import { sagemakerArn } from './arns';
import { tags } from './tags';

export interface Model {
  name: string;
  arn: string;
  createdAt: Date;
  /** The answer of its Describe operation. */
  doc: DescribeModelOutput;
}

export const models = recordsOf<Model>('models', { columns: 'created REAL NOT NULL' }, ({ name, createdAt }) => ({
  id: name,
  created: createdAt.getTime(),
}));

/** Makes a model. @throws {ServiceError} `ValidationException` */
export function createModel(store: Store, { ModelName: name = '', Tags, ...described }: CreateModelInput): Model {
  return store.transaction(() => {
    const arn = sagemakerArn('model', name);
    if (models(store).get(name)) throw invalid(`Cannot create already existing model "${arn}".`);
    if (!described.PrimaryContainer && !described.Containers?.length) {
      throw invalid('Give either PrimaryContainer or Containers.');
    }
    const createdAt = new Date();
    const doc: DescribeModelOutput = { ...described, ModelName: name, ModelArn: arn, CreationTime: createdAt };
    const model = { name, arn, createdAt, doc };
    models(store).put(model);
    tags(store).add(arn, Tags);
    return model;
  });
}

/** A model by its name. @throws {ServiceError} `ValidationException` */
export function findModel(store: Store, name: string): Model {
  const model = models(store).get(name);
  if (!model) throw invalid(`Could not find model "${sagemakerArn('model', name)}".`);
  return model;
}
