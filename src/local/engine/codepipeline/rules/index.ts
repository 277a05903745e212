/** The rules of conditions that Local judges, by their provider. */
import type { Project } from '@aws-sdk/client-codebuild';
import { alarmName, alarms } from '../../../domain/alarms';
import { buildProjects, projectName } from '../../../domain/builds';
import type { DeliveryExecution, RuleRun } from '../../../domain/deliveries';
import { findFunction } from '../../../domain/functions';
import type { Builds } from '../../../jobs/build/builds';
import { invokeFunction } from '../../../jobs/run/function';
import type { JobSurroundings } from '../../../jobs/run/runner';
import { commandsBuildspec, projectOf } from '../actions/commands';
import type { RuleResult } from '../machine';

/** One run of a rule with all that it may need. */
export interface RuleWork {
  run: RuleRun;
  execution: DeliveryExecution;
  /** The configuration with the values of its variables. */
  configuration: Readonly<Record<string, string>>;
  surroundings: JobSurroundings;
  builds: Builds;
  signal: AbortSignal;
  resolve: (text: string) => string;
  note: (externalId: string) => void;
}

type RuleKind = (work: RuleWork) => Promise<RuleResult> | RuleResult;

const kinds: ReadonlyMap<string, RuleKind> = new Map<string, RuleKind>([
  ['VariableCheck', variableCheck],
  [
    'Commands',
    (work) =>
      runBuild(
        work,
        projectOf(commandsBuildspec(work.run.declaration.commands?.map(work.resolve) ?? [], [], undefined)),
      ),
  ],
  ['CodeBuild', codeBuild],
  ['LambdaInvoke', lambdaInvoke],
  ['CloudWatchAlarm', alarmState],
]);

export const ruleProviders: readonly string[] = [...kinds.keys()];

/** Judges a rule. */
export async function judgeRule(work: RuleWork): Promise<RuleResult> {
  const provider = work.run.declaration.ruleTypeId?.provider ?? '';
  const kind = kinds.get(provider);
  if (!kind)
    return errored(`Local does not judge rules of the provider ${provider}. Use an AWS account for this pipeline.`);
  return kind(work);
}

function errored(message: string): RuleResult {
  return { status: 'Failed', isError: true, summary: message, error: { code: 'RuleExecutionFailed', message } };
}

function failed(message: string): RuleResult {
  return { status: 'Failed', summary: message, error: { code: 'RuleExecutionFailed', message } };
}

function variableCheck({ configuration }: RuleWork): RuleResult {
  const { Variable: actual = '', Value: wanted = '', Operator: operator } = configuration;
  const isMet = ((): boolean | undefined => {
    if (operator === 'EQ') return actual === wanted;
    if (operator === 'NE') return actual !== wanted;
    if (operator === 'CONTAINS') return actual.includes(wanted);
    if (operator !== 'MATCHES') return undefined;
    try {
      return new RegExp(`^(?:${wanted})$`).test(actual);
    } catch {
      return undefined;
    }
  })();
  if (isMet === undefined) return errored(`${operator ?? 'The operator'} cannot be used with the value ${wanted}.`);
  return isMet ? { status: 'Succeeded' } : failed(`The value ${actual} does not meet ${operator ?? ''} ${wanted}.`);
}

async function runBuild({ run, execution, builds, signal, note }: RuleWork, project: Project): Promise<RuleResult> {
  const names =
    run.declaration.inputArtifacts?.flatMap(({ name }) => name ?? []) ?? Object.keys(execution.artifacts).slice(0, 1);
  const record = builds.begin(
    project,
    { projectName: project.name },
    {
      initiator: `codepipeline/${execution.pipeline}`,
      inputs: names.flatMap((name) => {
        const place = execution.artifacts[name];
        return place ? [{ name, ...place }] : [];
      }),
      outputs: [],
      logGroup: `/aws/codepipeline/${execution.pipeline}`,
    },
  );
  note(record.id);
  const stop = (): void => void builds.stop(record);
  signal.addEventListener('abort', stop, { once: true });
  const { status } = await builds.ended(record);
  signal.removeEventListener('abort', stop);
  return status === 'SUCCEEDED' ? { status: 'Succeeded' } : failed(`The build ${record.id} ended as ${status}.`);
}

function codeBuild(work: RuleWork): Promise<RuleResult> | RuleResult {
  const name = projectName(work.configuration['ProjectName'] ?? '');
  const known = buildProjects(work.surroundings.store).get(name);
  return known ? runBuild(work, known.project) : errored(`Project cannot be found: ${name}. Create it on Local.`);
}

async function lambdaInvoke({ configuration, surroundings, signal, run, execution }: RuleWork): Promise<RuleResult> {
  const { FunctionName: name = '', UserParameters } = configuration;
  try {
    const found = findFunction(surroundings.store, name);
    const event = {
      pipelineName: execution.pipeline,
      pipelineExecutionId: execution.id,
      stageName: run.stage,
      ruleName: run.rule,
      UserParameters,
    };
    const { failed: hasFailed, payload } = await invokeFunction(found, JSON.stringify(event), surroundings, signal);
    return hasFailed ? failed(`The function ${name} failed: ${payload.slice(0, 500)}`) : { status: 'Succeeded' };
  } catch (error) {
    return errored(error instanceof Error ? error.message : String(error));
  }
}

/** Met as long as the alarm is not in one of the states that count as a failure. */
function alarmState({ configuration, surroundings }: RuleWork): RuleResult {
  const { AlarmName: name = '', AlarmStates = 'ALARM' } = configuration;
  const alarm = alarms(surroundings.store).records.get(alarmName(name));
  if (!alarm) return errored(`There is no alarm ${name} on Local.`);
  const state = alarm.state;
  return AlarmStates.split(',')
    .map((word) => word.trim())
    .includes(state)
    ? failed(`The alarm ${name} is in the state ${state}.`)
    : { status: 'Succeeded' };
}
