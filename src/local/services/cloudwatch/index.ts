import type {
  ListTagsForResourceInput,
  ListTagsForResourceOutput,
  TagResourceInput,
  UntagResourceInput,
} from '@aws-sdk/client-cloudwatch';
import { alarmName, alarms } from '../../domain/alarms';
import { metrics } from '../../domain/metrics';
import { tags } from '../../domain/tags';
import type { Context } from '../../engine/context';
import model from '../../generated/cloudwatch.json';
import type { ServiceModel } from '../../wire/model';
import type { Operations } from '../../wire/service';
import type { Checked, Service } from '../service';
import { alarmOperations } from './alarms';
import { missing, queryErrors } from './errors';
import { metricOperations } from './metrics';

/** CloudWatch: metrics with their statistics, and alarms that are really evaluated. */
export const cloudwatch: Service = {
  signingName: 'monitoring',
  title: 'CloudWatch',
  protocols: ['rpc-v2-cbor', 'json', 'query'],
  targetPrefix: 'GraniteServiceVersion20100801',
  model: model as unknown as ServiceModel,
  tables: [metrics, ...alarms.tables],
  errors: { invalid: 'InvalidParameterValueException' },
  queryErrors,
  operations: (context) => ({
    ...metricOperations(context),
    ...alarmOperations(context),
    ...tagOperations(context),
  }),
};

function tagOperations({ store }: Context): Operations {
  const required = (arn: string): string => {
    if (!alarms(store).records.get(alarmName(arn))) throw missing(`Unknown resource: ${arn}`);
    return arn;
  };
  return {
    ListTagsForResource: ({ ResourceARN }: Checked<ListTagsForResourceInput>): ListTagsForResourceOutput => ({
      Tags: tags(store).of(required(ResourceARN)),
    }),
    TagResource({ ResourceARN, Tags }: Checked<TagResourceInput>): object {
      tags(store).add(required(ResourceARN), Tags);
      return {};
    },
    UntagResource({ ResourceARN, TagKeys }: Checked<UntagResourceInput>): object {
      tags(store).remove(required(ResourceARN), TagKeys);
      return {};
    },
  };
}
