import type {
  CreateModelInput,
  CreateModelOutput,
  DeleteModelInput,
  DescribeModelInput,
  DescribeModelOutput,
  ListModelsInput,
  ListModelsOutput,
} from '@aws-sdk/client-sagemaker';
import { createModel, findModel, models } from '../../domain/models';
import { tags } from '../../domain/tags';
import type { Context } from '../../engine/context';
import type { Operations } from '../../wire/service';
import type { Checked } from '../service';
import { listRecords } from './listing';

/** Operations on models. */
export function modelOperations({ store }: Context): Operations {
  return {
    CreateModel: (input: Checked<CreateModelInput>): CreateModelOutput => ({ ModelArn: createModel(store, input).arn }),

    DescribeModel: (input: Checked<DescribeModelInput>): DescribeModelOutput => findModel(store, input.ModelName).doc,

    ListModels(input: ListModelsInput): ListModelsOutput {
      const { records, nextToken } = listRecords(models(store), 'ListModels', input, {
        sorts: { CreationTime: 'created', Name: 'id' },
        newestFirst: true,
        name: 'id',
      });
      return {
        Models: records.map(({ name, arn, createdAt }) => ({
          ModelName: name,
          ModelArn: arn,
          CreationTime: createdAt,
        })),
        NextToken: nextToken,
      };
    },

    DeleteModel(input: Checked<DeleteModelInput>): object {
      return store.transaction(() => {
        const { name, arn } = findModel(store, input.ModelName);
        models(store).delete('id = ?', name);
        tags(store).remove(arn);
        return {};
      });
    },
  };
}
