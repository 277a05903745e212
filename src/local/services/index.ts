import { applicationAutoscaling } from './application-autoscaling';
import { cloudwatch } from './cloudwatch';
import { cloudtrail } from './cloudtrail';
import { codebuild } from './codebuild';
import { codeconnections, codestarConnections } from './codeconnections';
import { codepipeline } from './codepipeline';
import { ecr } from './ecr';
import { iam } from './iam';
import { lambda } from './lambda';
import { logService } from './logs';
import { s3 } from './s3';
import { sagemaker } from './sagemaker';
import { sagemakerMetrics } from './sagemaker-metrics';
import { sagemakerRuntime } from './sagemaker-runtime';
import type { Service } from './service';
import { serviceQuotas } from './service-quotas';
import { sqs } from './sqs';
import { sts } from './sts';

/** The services that Local speaks. */
export const services: readonly Service[] = [
  sagemaker,
  sagemakerRuntime,
  sagemakerMetrics,
  logService,
  s3,
  sts,
  iam,
  lambda,
  codebuild,
  cloudwatch,
  applicationAutoscaling,
  codepipeline,
  sqs,
  codeconnections,
  codestarConnections,
  cloudtrail,
  ecr,
  serviceQuotas,
];
