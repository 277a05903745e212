import { buildBatches, buildProjects, builds, projectName, reportGroups, reports } from '../../domain/builds';
import model from '../../generated/codebuild.json';
import type { ServiceModel } from '../../wire/model';
import type { Service } from '../service';
import { batchOperations } from './batches';
import { buildOperations } from './builds';
import { projectOperations } from './projects';
import { reportOperations } from './reports';

/** CodeBuild: buildspecs run as processes on this machine. */
export const codebuild: Service = {
  signingName: 'codebuild',
  title: 'CodeBuild',
  protocols: ['json'],
  targetPrefix: 'CodeBuild_20161006',
  model: model as unknown as ServiceModel,
  errors: { invalid: 'InvalidInputException' },
  tables: [buildProjects, builds, buildBatches, reports, reportGroups] as Service['tables'],
  operations: (context) => ({
    ...projectOperations(context),
    ...buildOperations(context),
    ...batchOperations(context),
    ...reportOperations(context),
  }),
  resources: ({ store }, arn) =>
    arn.startsWith('arn:aws:codebuild:') ? buildProjects(store).get(projectName(arn)) !== undefined : false,
};
