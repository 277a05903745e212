import { readFileSync } from 'node:fs';
import type { CreateProcessingJobRequest, PipelineExecutionStepMetadata } from '@aws-sdk/client-sagemaker';
import { parseS3Uri } from '../../domain/arns';
import { modelPackages } from '../../domain/model-packages';
import { objects } from '../../domain/objects';
import type { RequestTags } from '../../domain/tags';
import { modelVariable } from '../../jobs/asked-model';
import { processing } from '../../jobs/processing';
import type { Store } from '../../store/store';
import { ServiceError } from '../../wire/errors';
import { isRecord } from '../../wire/validate';
import type { StepDefinition } from '../definition';
import { type Scope, resolve } from '../references';
import { nameOf } from './names';
import { type StepEnd, type StepKind, requestOf, roleOf } from './step';

/** What a check is compared with, as S3 URIs. */
interface Baseline {
  constraints?: string;
  statistics?: string;
}

/** How a kind of check names its files, and where a model package keeps their baselines. */
interface Files {
  constraints: string;
  statistics?: string;
  /** The member of DriftCheckBaselines, and its members for constraints and statistics. */
  drift: readonly [member: string, constraints: string, statistics?: string];
}

const quality: Files = {
  constraints: 'constraints.json',
  statistics: 'statistics.json',
  drift: ['ModelDataQuality', 'Constraints', 'Statistics'],
};

const checks: Readonly<Record<string, Files>> = {
  DATA_QUALITY: quality,
  MODEL_QUALITY: { ...quality, drift: ['ModelQuality', 'Constraints', 'Statistics'] },
  DATA_BIAS: { constraints: 'analysis.json', drift: ['Bias', 'PreTrainingConstraints'] },
  MODEL_BIAS: { constraints: 'analysis.json', drift: ['Bias', 'PostTrainingConstraints'] },
  MODEL_EXPLAINABILITY: { constraints: 'analysis.json', drift: ['Explainability', 'Constraints'] },
};

const noBaseline =
  'There is no baseline to compare with: give SuppliedBaselineConstraints, or a ModelPackageGroupName with an approved version that has one, or set SkipCheck or RegisterNewBaseline.';

/**
 * Computes statistics and constraints, and compares them with those of a baseline: the one that the step is given, else
 * the one of the newest approved version in its group.
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/pipelines-quality-clarify-baseline-lifecycle.html
 */
export function checkStep(type: 'QualityCheck' | 'ClarifyCheck'): StepKind {
  return {
    type,
    cacheKey: processing.cacheKey,

    refuse: (known) => processing.refuse(known),

    async run(step, { execution, scope, store, jobs, signal, started }) {
      const ask = (member: string): unknown => resolve(step.members[member] ?? null, scope);
      const kind = String(ask('CheckType'));
      const files = checks[kind];
      if (!files) throw new ServiceError('ValidationException', `There is no CheckType '${kind}'.`);
      const skip = ask('SkipCheck') === true;
      const register = ask('RegisterNewBaseline') === true;
      const group = textOf(ask('ModelPackageGroupName'));
      const baseline = baselineOf(step, scope, store, files, group);
      if (!skip && !register && baseline.constraints === undefined)
        throw new ServiceError('ValidationException', noBaseline);
      const name = nameOf(execution, step.name);
      const own = { ProcessingJobName: name, ...roleOf(step, 'RoleArn', execution) };
      const named = { ...scope, variables: { ...scope.variables, ProcessingJobName: name } };
      const asked: CreateProcessingJobRequest & { Tags?: RequestTags } = requestOf(
        step,
        named,
        'CreateProcessingJob',
        own,
      ) as never;
      const request = withModel(skip ? asked : withBaseline(asked, baseline), textOf(ask('ModelName')));
      const job = jobs.create(processing, name, request);
      const place = asked.ProcessingOutputConfig?.Outputs?.[0]?.S3Output?.S3Uri?.replace(/\/$/, '') ?? '';
      const calculated: Baseline = {
        constraints: `${place}/${files.constraints}`,
        ...(files.statistics === undefined ? {} : { statistics: `${place}/${files.statistics}` }),
      };
      // What later runs are compared with: the new one where it is registered, else the one that there was.
      const used = register || baseline.constraints === undefined ? calculated : baseline;
      const result = {
        CalculatedBaselineConstraints: calculated.constraints,
        CalculatedBaselineStatistics: calculated.statistics,
        BaselineUsedForDriftCheckConstraints: used.constraints,
        BaselineUsedForDriftCheckStatistics: used.statistics,
      };
      const metadata = (report?: string): PipelineExecutionStepMetadata => ({
        [type]: {
          CheckType: kind,
          ...result,
          ModelPackageGroupName: group,
          CheckJobArn: job.arn,
          SkipCheck: skip,
          RegisterNewBaseline: register,
          ViolationReport: report,
        },
      });
      started(metadata());
      const end = await jobs.run(processing, job, request, signal);
      if (end.status === 'Stopped' && signal.aborted) return { status: 'Stopped', metadata: metadata() };
      if (end.status !== 'Completed') {
        return { status: 'Failed', metadata: metadata(), ...(end.reason === undefined ? {} : { reason: end.reason }) };
      }
      const report = `${place}/constraint_violations.json`;
      const found = skip ? [] : violationsIn(store, report);
      const isBroken = found.length > 0 && ask('FailOnViolation') !== false;
      const told = metadata(found.length > 0 ? report : undefined);
      if (!isBroken) return { status: 'Succeeded', metadata: told, result: given(result) };
      return { status: 'Failed', metadata: told, reason: reasonOf(found, report) } satisfies StepEnd;
    },
  };
}

function baselineOf(
  { members }: StepDefinition,
  scope: Scope,
  store: Store,
  { drift: [member, constraints, statistics] }: Files,
  group: string | undefined,
): Baseline {
  const supplied = (name: string): string | undefined => textOf(resolve(members[name] ?? null, scope));
  const given: Baseline = present({
    constraints: supplied('SuppliedBaselineConstraints'),
    statistics: supplied('SuppliedBaselineStatistics'),
  });
  if (given.constraints !== undefined || group === undefined) return given;
  const newest = modelPackages(store)
    .list('model_group = ?', group)
    .filter(({ doc }) => doc.ModelApprovalStatus === 'Approved')
    .at(-1);
  const kept = newest?.doc.DriftCheckBaselines as Record<string, Record<string, { S3Uri?: string }>> | undefined;
  return present({
    constraints: kept?.[member]?.[constraints]?.S3Uri,
    statistics: statistics === undefined ? undefined : kept?.[member]?.[statistics]?.S3Uri,
  });
}

/** The request with the baseline as inputs, in the way of Model Monitor's own jobs. */
function withBaseline(request: CreateProcessingJobRequest, baseline: Baseline): CreateProcessingJobRequest {
  const inputs = Object.entries(baseline).map(([name, S3Uri]: [string, string]) => ({
    InputName: `baseline_${name}`,
    S3Input: {
      S3Uri,
      LocalPath: `/opt/ml/processing/baseline/${name}`,
      S3DataType: 'S3Prefix' as const,
      S3InputMode: 'File' as const,
    },
  }));
  const variables = Object.keys(baseline).map((name) => [`baseline_${name}`, `/opt/ml/processing/baseline/${name}`]);
  return {
    ...request,
    ProcessingInputs: [...(request.ProcessingInputs ?? []), ...inputs],
    Environment: { ...request.Environment, ...(Object.fromEntries(variables) as Record<string, string>) },
  };
}

/** The request with the model that a step names beside its configuration. */
function withModel(request: CreateProcessingJobRequest, model: string | undefined): CreateProcessingJobRequest {
  return model === undefined
    ? request
    : { ...request, Environment: { ...request.Environment, [modelVariable]: model } };
}

function violationsIn(store: Store, uri: string): Record<string, unknown>[] {
  const place = parseS3Uri(uri);
  const object = place && objects(store).get(place.bucket, place.key);
  if (!object) return [];
  const report: unknown = JSON.parse(readFileSync(object.path, 'utf8'));
  return isRecord(report) && Array.isArray(report.violations) ? report.violations.filter(isRecord) : [];
}

function reasonOf(found: readonly Record<string, unknown>[], report: string): string {
  const first = found.slice(0, 3).map(({ feature_name: feature, metric_name: metric, description }) => {
    const about = [feature, metric].map((name) => textOf(name)?.trim()).find(Boolean);
    return `${about === undefined ? '' : `${about}: `}${textOf(description) ?? ''}`;
  });
  const more = found.length > first.length ? ` (and ${found.length - first.length} more)` : '';
  return `ClientError: Check violations were found: ${first.join(' ')}${more} The report is ${report}.`;
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** Without what has no value. */
function present(value: { constraints: string | undefined; statistics: string | undefined }): Baseline {
  return given(value);
}

function given(value: Record<string, string | undefined>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, text]) => (text === undefined ? [] : [[name, text]])),
  );
}
