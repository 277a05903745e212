import type {
  DescribeImagesRequest,
  DescribeRepositoriesRequest,
  DescribeRepositoriesResponse,
  ListImagesRequest,
} from '@aws-sdk/client-ecr';
import { account } from '../../domain/arns';
import model from '../../generated/ecr.json';
import { ServiceError } from '../../wire/errors';
import type { ServiceModel } from '../../wire/model';
import type { Checked, Service } from '../service';

/** ECR: Local runs no containers and keeps no images, so there are no repositories. */
export const ecr: Service = {
  signingName: 'ecr',
  title: 'ECR',
  protocols: ['json'],
  targetPrefix: 'AmazonEC2ContainerRegistry_V20150921',
  model: model as unknown as ServiceModel,
  tables: [],
  operations: () => ({
    DescribeRepositories({ repositoryNames: [name] = [] }: DescribeRepositoriesRequest): DescribeRepositoriesResponse {
      if (name !== undefined) throw notFound(name);
      return { repositories: [] };
    },
    DescribeImages({ repositoryName }: Checked<DescribeImagesRequest>): never {
      throw notFound(repositoryName);
    },
    ListImages({ repositoryName }: Checked<ListImagesRequest>): never {
      throw notFound(repositoryName);
    },
  }),
};

function notFound(name: string): ServiceError {
  return new ServiceError(
    'RepositoryNotFoundException',
    `The repository with name '${name}' does not exist in the registry with id '${account}'`,
  );
}
