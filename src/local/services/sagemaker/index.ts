import { endpointConfigs, endpoints } from '../../domain/endpoints';
import { inferenceComponents } from '../../domain/inference-components';
import { executions, steps } from '../../domain/executions';
import { modelGroups, modelPackages } from '../../domain/model-packages';
import { associations, lineage } from '../../domain/lineage';
import { models } from '../../domain/models';
import { jobDefinitions, monitoringExecutions, monitoringSchedules } from '../../domain/monitoring';
import { answers } from '../../domain/once';
import { lastRuns, pipelineVersions, pipelines } from '../../domain/pipelines';
import { tags } from '../../domain/tags';
import model from '../../generated/sagemaker.json';
import { jobs } from '../../jobs/job';
import type { ServiceModel } from '../../wire/model';
import type { Service } from '../service';
import { endpointConfigOperations } from './endpoint-configs';
import { endpointOperations } from './endpoints';
import { executionOperations } from './executions';
import { inferenceComponentOperations } from './inference-components';
import { jobOperations } from './jobs';
import { lineageOperations } from './lineage';
import { modelPackageOperations } from './model-packages';
import { modelOperations } from './models';
import { monitoringOperations } from './monitoring';
import { pipelineOperations } from './pipelines';
import { hasResource } from './resources';
import { tagOperations } from './tags';

export const sagemaker: Service = {
  signingName: 'sagemaker',
  title: 'SageMaker',
  protocols: ['json'],
  targetPrefix: 'SageMaker',
  model: model as unknown as ServiceModel,
  tables: [
    pipelines,
    pipelineVersions,
    lastRuns,
    executions,
    steps,
    jobs,
    modelGroups,
    modelPackages,
    models,
    tags,
    answers,
    endpointConfigs,
    endpoints,
    inferenceComponents,
    lineage,
    associations,
    jobDefinitions,
    monitoringSchedules,
    monitoringExecutions,
  ],
  operations: (context) => ({
    ...pipelineOperations(context),
    ...executionOperations(context),
    ...jobOperations(context),
    ...modelPackageOperations(context),
    ...modelOperations(context),
    ...endpointConfigOperations(context),
    ...endpointOperations(context),
    ...inferenceComponentOperations(context),
    ...monitoringOperations(context),
    ...lineageOperations(context),
    ...tagOperations(context),
  }),
  resources: ({ store }, arn) => hasResource(store, arn),
};
