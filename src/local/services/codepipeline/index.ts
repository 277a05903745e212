import {
  actionRuns,
  deliveries,
  deliveryArn,
  deliveryExecutions,
  deliveryVersions,
  ruleRuns,
} from '../../domain/deliveries';
import model from '../../generated/codepipeline.json';
import type { ServiceModel } from '../../wire/model';
import type { Service } from '../service';
import { controlOperations } from './control';
import { historyOperations } from './history';
import { pipelineOperations } from './pipelines';
import { stateOperations } from './state';
import { typeOperations } from './types';

/** CodePipeline: pipelines of both types, whose actions run on this machine. */
export const codepipeline: Service = {
  signingName: 'codepipeline',
  title: 'CodePipeline',
  protocols: ['json'],
  targetPrefix: 'CodePipeline_20150709',
  model: model as unknown as ServiceModel,
  tables: [deliveries, deliveryVersions, deliveryExecutions, actionRuns, ruleRuns] as Service['tables'],
  operations: (context) => ({
    ...pipelineOperations(context),
    ...controlOperations(context),
    ...stateOperations(context),
    ...historyOperations(context),
    ...typeOperations(context),
  }),
  resources: ({ store }, arn) =>
    arn.startsWith('arn:aws:codepipeline:') &&
    deliveries(store).get(arn.slice(arn.lastIndexOf(':') + 1)) !== undefined &&
    arn === deliveryArn(arn.slice(arn.lastIndexOf(':') + 1)),
};
