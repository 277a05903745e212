import type {
  DeleteObjectTaggingRequest,
  GetObjectTaggingOutput,
  GetObjectTaggingRequest,
  PutObjectTaggingRequest,
  Tag,
} from '@aws-sdk/client-s3';
import type { ObjectStore } from '../../domain/objects';
import { ServiceError } from '../../wire/errors';
import type { Operations } from '../../wire/service';
import type { Checked } from '../service';
import { requireObject } from './errors';
import { taggingHeader } from './headers';

/** The most tags of an object. */
const mostTags = 10;

/** The tags of objects, kept as the header that sets them: `team=birds&stage=test`. */
export function taggingOperations(objects: ObjectStore): Operations {
  const set = (bucket: string, key: string, before: Readonly<Record<string, string>>, tags: readonly Tag[]): void => {
    const { [taggingHeader]: _, ...headers } = before;
    const text = new URLSearchParams(tags.map(({ Key = '', Value = '' }): [string, string] => [Key, Value])).toString();
    objects.relabel(bucket, key, text === '' ? headers : { ...headers, [taggingHeader]: text });
  };
  return {
    GetObjectTagging(input: Checked<GetObjectTaggingRequest>): GetObjectTaggingOutput {
      return { TagSet: tagsIn(requireObject(objects, input).headers) };
    },

    PutObjectTagging(input: Checked<PutObjectTaggingRequest>): object {
      const { headers } = requireObject(objects, input);
      const { TagSet: tags = [] } = input.Tagging;
      if (tags.length > mostTags) {
        throw new ServiceError('BadRequest', `Object tags cannot be greater than ${mostTags}`);
      }
      if (new Set(tags.map(({ Key }) => Key)).size < tags.length) {
        throw new ServiceError('InvalidTag', 'Cannot provide multiple Tags with the same key');
      }
      set(input.Bucket, input.Key, headers, tags);
      return {};
    },

    DeleteObjectTagging(input: Checked<DeleteObjectTaggingRequest>): object {
      const { headers } = requireObject(objects, input);
      set(input.Bucket, input.Key, headers, []);
      return {};
    },
  };
}

/** The tags that the headers of an object say. */
export function tagsIn(headers: Readonly<Record<string, string>>): { Key: string; Value: string }[] {
  return [...new URLSearchParams(headers[taggingHeader])].map(([Key, Value]) => ({ Key, Value }));
}
