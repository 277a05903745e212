import type {
  AddTagsInput,
  AddTagsOutput,
  DeleteTagsInput,
  ListTagsInput,
  ListTagsOutput,
} from '@aws-sdk/client-sagemaker';
import { tags } from '../../domain/tags';
import type { Context } from '../../engine/context';
import type { Store } from '../../store/store';
import { invalid } from '../../wire/errors';
import type { Operations } from '../../wire/service';
import type { Checked } from '../service';
import { hasResource } from './resources';

/** The most tags that a resource may have. */
const maxTags = 50;

/** Operations on the tags of resources. */
export function tagOperations({ store }: Context): Operations {
  return {
    AddTags(input: Checked<AddTagsInput>): AddTagsOutput {
      const { ResourceArn: arn } = input;
      requireResource(store, arn);
      return store.transaction(() => {
        tags(store).add(arn, input.Tags);
        const all = tags(store).of(arn);
        if (all.length > maxTags) throw invalid(`A resource can have at most ${maxTags} tags.`);
        return { Tags: all };
      });
    },
    ListTags(input: Checked<ListTagsInput>): ListTagsOutput {
      requireResource(store, input.ResourceArn);
      return { Tags: tags(store).of(input.ResourceArn) };
    },
    DeleteTags(input: Checked<DeleteTagsInput>): object {
      requireResource(store, input.ResourceArn);
      tags(store).remove(input.ResourceArn, input.TagKeys);
      return {};
    },
  };
}

function requireResource(store: Store, arn: string): void {
  if (!hasResource(store, arn)) throw invalid(`The resource ${arn} does not exist.`);
}
