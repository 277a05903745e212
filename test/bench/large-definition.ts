/** A definition of `count` Training steps, each of about 2 KB, each reading the one before. */
export function definition(count: number): string {
  const made = Array.from({ length: count }, (_, index) => ({
    Name: `Train${index}`,
    Type: 'Training',
    DisplayName: `name of ${index}`,
    Arguments: {
      AlgorithmSpecification: {
        TrainingImage: '111122223333.dkr.ecr.eu-west-1.amazonaws.com/train:1',
        TrainingInputMode: 'File',
      },
      ResourceConfig: { InstanceType: 'ml.m5.xlarge', InstanceCount: 1, VolumeSizeInGB: 30 },
      RoleArn: 'arn:aws:iam::111122223333:role/train',
      HyperParameters: Object.fromEntries(Array.from({ length: 12 }, (_, key) => [`parameter-${key}`, `value ${key}`])),
      Environment: Object.fromEntries(Array.from({ length: 8 }, (_, key) => [`VARIABLE_${key}`, `value ${key}`])),
      InputDataConfig: [
        {
          ChannelName: 'train',
          DataSource: {
            S3DataSource: {
              S3DataType: 'S3Prefix',
              S3Uri:
                index === 0
                  ? 's3://penguins/train'
                  : { Get: `Steps.Train${index - 1}.ModelArtifacts.S3ModelArtifacts` },
            },
          },
        },
      ],
      OutputDataConfig: { S3OutputPath: `s3://penguins/models/${index}` },
      StoppingCondition: { MaxRuntimeInSeconds: 3600 },
    },
  }));
  return JSON.stringify({ Version: '2020-12-01', Metadata: {}, Parameters: [], Steps: made }, undefined, 2);
}
