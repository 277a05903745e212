/** The part of the AWS SDK that lists images, loaded where one is completed. Clients are made by `Session.client`. */
export { DescribeImagesCommand, DescribeRepositoriesCommand, ECRClient } from '@aws-sdk/client-ecr';
