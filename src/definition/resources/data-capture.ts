/** The capture of the data of an endpoint. */
import type { Rule } from '../rule';
import { type Check, numberOf, rule } from './tools';

const config = 'AWS::SageMaker::EndpointConfig';
const capture = (percentage: number): string =>
  `{"ProductionVariants": [{"VariantName": "v", "ModelName": "m", "InitialInstanceCount": 1, "InstanceType": "ml.m5.large", "InitialVariantWeight": 1}], "DataCaptureConfig": {"EnableCapture": true, "InitialSamplingPercentage": ${percentage}, "DestinationS3Uri": "s3://bucket/captured", "CaptureOptions": [{"CaptureMode": "Input"}, {"CaptureMode": "Output"}]}}`;

export const captureRules: readonly Rule[] = [
  rule(
    'data-capture',
    'error',
    'A capture of data out of its bounds',
    'InitialSamplingPercentage is 0 to 100, and CaptureOptions names at least one of Input, Output and InputAndOutput.',
    [config, capture(150), capture(100)],
    { source: 'https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DataCaptureConfig.html' },
  ),
];

/** Checks the DataCaptureConfig of an endpoint configuration. */
export const checkCapture: Check = ({ type, properties }, _all, report) => {
  if (type !== config) return;
  const settings = properties.get('DataCaptureConfig');
  const share = settings?.get('InitialSamplingPercentage');
  const percentage = numberOf(share);
  if (share && percentage !== undefined && (percentage < 0 || percentage > 100)) {
    const nearer = percentage < 0 ? 0 : 100;
    report({
      rule: 'cfn/data-capture',
      node: share,
      message: `InitialSamplingPercentage is 0 to 100, and not ${percentage}.`,
      fixes: (edit) => [edit.fix(`Change to ${nearer}`, [edit.value(share, nearer)])],
    });
  }
  const options = settings?.get('CaptureOptions');
  if (options?.kind === 'array' && options.items.length === 0) {
    report({ rule: 'cfn/data-capture', node: options, message: 'CaptureOptions names nothing that is captured.' });
  }
};
