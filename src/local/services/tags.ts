import type {
  AddTagsInput,
  AddTagsOutput,
  DeleteTagsInput,
  ListTagsInput,
  ListTagsOutput,
} from '@aws-sdk/client-sagemaker';
import { executionId } from '../arns';
import { invalid } from '../protocol/errors';
import type { Store } from '../store/store';
import { type Checked, type Operations, type ServiceContext } from './context';

/** The most tags that a resource may have. */
const maxTags = 50;

/** Operations on the tags of resources. */
export function tagOperations({ store }: ServiceContext): Operations {
  return {
    AddTags(input: Checked<AddTagsInput>): AddTagsOutput {
      const { ResourceArn: arn } = input;
      requireResource(store, arn);
      return store.database.transaction(() => {
        store.addTags(
          arn,
          input.Tags.map(({ Key = '', Value = '' }) => ({ Key, Value })),
        );
        const all = store.tags(arn);
        if (all.length > maxTags) throw invalid(`A resource can have at most ${maxTags} tags.`);
        return { Tags: all };
      });
    },
    ListTags(input: Checked<ListTagsInput>): ListTagsOutput {
      requireResource(store, input.ResourceArn);
      return { Tags: store.tags(input.ResourceArn) };
    },
    DeleteTags(input: Checked<DeleteTagsInput>): object {
      requireResource(store, input.ResourceArn);
      store.removeTags(input.ResourceArn, input.TagKeys);
      return {};
    },
  };
}

function requireResource(store: Store, arn: string): void {
  const [, type = '', name = ''] = /^arn:[^:]+:sagemaker:[^:]*:\d{12}:([^/]+)\/(.+)$/.exec(arn) ?? [];
  const known: Record<string, () => unknown> = {
    pipeline: () => (name.includes('/execution/') ? store.executions.get(executionId(arn)) : store.pipelines.get(name)),
    'training-job': () => store.jobs.get(`training/${name}`),
    'processing-job': () => store.jobs.get(`processing/${name}`),
    'model-package-group': () => store.modelGroups.get(name),
    'model-package': () => store.modelPackages.get(arn),
  };
  if (!known[type]?.()) throw invalid(`The resource ${arn} does not exist.`);
}
