import type { PipelineExecutionStep } from '@aws-sdk/client-sagemaker';
import { count, shortId } from '../../../shared/format';
import type { Row } from '../../../shared/facts';
import { missingData } from '../../../shared/missing-data';
import { manifestOf } from '../../../shared/uploads';
import { reasonOf } from '../../../workbench/errors';
import type { RunInfo, StepState } from './contract';
import type { Definition } from '../../definition';
import { type ExecutionDetails, isSettled, modelLabel, nameIn } from '../../model';
import { stepMenu } from './step-kinds';

/** A part of a run that could not be read. */
export interface Missing {
  /** `Parameters` */
  what: string;
  problem: Error;
}

/** One reading of a run: the execution, the steps that it has reached, and the definition behind it. */
export interface RunReading {
  execution: ExecutionDetails;
  steps: readonly PipelineExecutionStep[];
  definition: Definition;
  missing: readonly Missing[];
  /** The model version that the run registered. */
  model?: { arn: string; approval: string };
  /** Readings since the run itself was described, that one counted. In the others its steps alone said that it goes on. */
  looks: number;
}

/**
 * The state of every step of the definition. The service lists a step once it is reached; the others are
 * pending, or did not run when the execution has come to rest or the branch they stand in was not taken.
 *
 * @param region the region of the run; undefined on Local
 */
export function stepStates(
  { definition: { graph }, execution, steps }: RunReading,
  region: string | undefined,
): StepState[] {
  const listed = new Map(steps.map((step) => [step.StepName, step]));
  const settled = isSettled(execution.status);
  const notRun = new Set<string>();
  const parents = new Map<string, string[]>();
  for (const { from, to, kind } of graph.edges) {
    if (kind !== 'branch') parents.set(to, [...(parents.get(to) ?? []), from]);
  }

  const excluded = (id: string, seen: Set<string>): boolean => {
    if (notRun.has(id)) return true;
    if (listed.has(id) || seen.has(id)) return false;
    seen.add(id);
    const node = graph.nodes.find((each) => each.id === id);
    const outcome = node?.condition ? listed.get(node.condition)?.Metadata?.Condition?.Outcome : undefined;
    const otherBranch = outcome !== undefined && node?.branch !== (outcome === 'True' ? 'If' : 'Else');
    const out =
      otherBranch ||
      (node?.condition !== undefined && excluded(node.condition, seen)) ||
      (parents.get(id) ?? []).some((parent) => excluded(parent, seen));
    if (out) notRun.add(id);
    return out;
  };

  return graph.nodes.map(({ id }): StepState => {
    const step = listed.get(id);
    if (!step) return { id, status: settled || excluded(id, new Set()) ? 'NotRun' : 'Pending' };
    const outcome = step.Metadata?.Condition?.Outcome;
    const menu = stepMenu(step, region);
    const missing = region === undefined ? missingData(step.FailureReason ?? '') : [];
    return {
      id,
      status: step.StepStatus ?? 'Starting',
      ...(step.StartTime ? { startedAt: step.StartTime.getTime() } : {}),
      ...(step.EndTime ? { endedAt: step.EndTime.getTime() } : {}),
      ...((step.AttemptCount ?? 0) > 1 ? { attempts: step.AttemptCount } : {}),
      ...(outcome ? { outcome } : {}),
      ...(step.CacheHitResult?.SourcePipelineExecutionArn
        ? { cachedFrom: step.CacheHitResult.SourcePipelineExecutionArn }
        : {}),
      ...(step.FailureReason ? { failureReason: step.FailureReason } : {}),
      ...(missing.length === 0 ? {} : { missingData: missing }),
      ...(Object.keys(menu).length === 0 ? {} : { menu }),
    };
  });
}

/** What the run graph's head and its Info tab say of a run. */
export function runInfo(reading: RunReading, connection: string): RunInfo {
  const { definition, execution, steps, model } = reading;
  const defaults = new Map(definition.parameters.map((parameter) => [parameter.name, parameter.default]));
  const settled = isSettled(execution.status);
  // An execution that a Fail step ended cannot be retried: the service refuses it.
  const ended = steps.some((step) => step.Metadata?.Fail !== undefined);
  return {
    pipeline: execution.pipeline,
    name: execution.name,
    executionArn: execution.arn,
    connection,
    status: execution.status,
    ...(execution.start ? { startedAt: execution.start.getTime() } : {}),
    ...(settled && execution.changed ? { endedAt: execution.changed.getTime() } : {}),
    ...(execution.failureReason ? { failureReason: execution.failureReason } : {}),
    ...(execution.provenance ? { provenance: execution.provenance } : {}),
    parameters: execution.parameters.map(({ name, value }) => ({
      name,
      value,
      isDefault: defaults.get(name) === value,
    })),
    ...furtherFacts(reading),
    ...(model ? { model: { label: modelLabel(model.arn), approval: model.approval, link: model.arn } } : {}),
    canStop: execution.status === 'Executing',
    canRetry: (execution.status === 'Failed' || execution.status === 'Stopped') && !ended,
  };
}

/** What could not be read, and the files that were copied for the run. */
function furtherFacts({ missing, execution }: RunReading): Pick<RunInfo, 'start' | 'more'> {
  const unread = missing.map(({ what, problem }) => ({ label: what, value: reasonOf(problem) }));
  const files = madeOf(execution);
  const more = [
    { title: 'Could not be read', rows: unread },
    { title: 'Made of', rows: files },
  ].filter(({ rows }) => rows.length > 0);
  const start = startRows(execution);
  return { ...(start.length === 0 ? {} : { start }), ...(more.length === 0 ? {} : { more }) };
}

function startRows({ origin = {} }: ExecutionDetails): Row[] {
  const { by, version, source, description } = origin;
  return [
    ...(by ? [{ label: 'Started by', value: by }] : []),
    ...(version === undefined ? [] : [{ label: 'Pipeline version', value: String(version) }]),
    ...(source ? [{ label: 'Selective, from run', value: nameIn(source) ?? source, link: source }] : []),
    ...(description ? [{ label: 'Description', value: description }] : []),
  ];
}

/** A list of files for each parameter that names what it holds. */
function madeOf({ parameters, provenance }: ExecutionDetails): Row[] {
  return parameters.flatMap(({ name, value }) => {
    const link = manifestOf(value);
    const { files, dvc } = provenance?.uploads?.find(({ parameter }) => parameter === name) ?? {};
    if (link === undefined) return [];
    const number = files === undefined ? 'Files' : count(files, 'file');
    const tracked = dvc === undefined ? '' : dvc === 'modified' ? ' · not as DVC tracks it' : ` · DVC ${shortId(dvc)}`;
    return [{ label: name, value: `${number}${tracked}`, link }];
  });
}
