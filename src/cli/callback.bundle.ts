/** `mlops-flow callback`: the Callback steps that wait, and their answers. */
import type { Session } from '../aws';
import {
  answerCallback,
  badValue,
  declaredOutputs,
  type DeclaredOutput,
  type Waiting,
  waitingIn,
} from '../pipelines/callbacks';
import { listExecutions, listSteps, pagePipelines } from '../pipelines/service';
import { nameIn, pipelineIn } from '../pipelines/model';
import { failing, withTarget } from './deploy/target';
import { choose, readOptions, UsageError } from './options';
import { assignments } from './run/pipeline';

const verbs = ['list', 'succeed', 'fail'] as const;

/** A step that waits, with its run and what it declares. */
interface WaitingStep extends Waiting {
  executionArn: string;
  outputs: readonly DeclaredOutput[];
}

/** Exit codes: 0 answered or listed, 1 refused or nothing waits, 2 wrong usage. */
export async function run(args: string[]): Promise<number> {
  const { values, positionals } = readOptions(args, {
    step: { type: 'string' },
    token: { type: 'string' },
    output: { type: 'string', multiple: true, default: [] },
    reason: { type: 'string' },
    connection: { type: 'string' },
    data: { type: 'string' },
    json: { type: 'boolean', default: false },
  });
  const [first, target, ...more] = positionals;
  if (first === undefined || more.length > 0) throw new UsageError(`Say ${verbs.join(', ')}, and a pipeline or a run.`);
  const verb = choose('verb', first, verbs);
  const outputs = assignments('output', values.output);
  if (verb === 'fail' && values.reason === undefined) throw new UsageError('Say why the step fails: --reason TEXT.');
  return failing(() =>
    withTarget({ connection: values.connection, data: values.data }, async ({ session }) => {
      if (verb === 'list') return list(session, target, values.json);
      const answer = verb === 'fail' ? { reason: values.reason ?? '' } : { outputs };
      if (values.token !== undefined)
        return answered(await answerCallback(session, values.token, answer), values.token);
      const step = theOne(await waitingSteps(session, target), values.step);
      if (step.token === undefined) {
        throw new Error(
          `${step.step} does not tell its token here. It is in its message in ${step.queue}: give it with --token.`,
        );
      }
      if (verb === 'succeed') checkOutputs(step, outputs);
      return answered(await answerCallback(session, step.token, answer), step.step);
    }),
  );
}

async function list(session: Session, target: string | undefined, isJson: boolean): Promise<number> {
  const steps = await waitingSteps(session, target);
  if (isJson) process.stdout.write(`${JSON.stringify(steps, undefined, 2)}\n`);
  else {
    for (const { executionArn, step, queue, token, outputs } of steps) {
      const names = outputs.map(({ name, type }) => `${name} (${type})`).join(', ');
      process.stdout.write(
        `${pipelineIn(executionArn)}\t${nameIn(executionArn)}\t${step}\t${token ?? '-'}\t${queue}\t${names}\n`,
      );
    }
  }
  return 0;
}

function answered(executionArn: string | undefined, what: string): number {
  process.stdout.write(`Answered ${what}${executionArn === undefined ? '' : `: ${executionArn}`}\n`);
  return 0;
}

/** The steps that wait in a run, in the runs of a pipeline, or in all. */
async function waitingSteps(session: Session, target: string | undefined): Promise<WaitingStep[]> {
  const found: WaitingStep[] = [];
  for (const executionArn of await runsOf(session, target)) {
    const waiting = (await listSteps(session, executionArn)).flatMap((step) => waitingIn(step) ?? []);
    if (waiting.length === 0) continue;
    const declared = await declaredOutputs(session, executionArn);
    for (const each of waiting) found.push({ executionArn, ...each, outputs: declared.get(each.step) ?? [] });
  }
  return found;
}

async function runsOf(session: Session, target: string | undefined): Promise<string[]> {
  if (target?.startsWith('arn:')) return [target];
  const pipelines = target === undefined ? (await pagePipelines(session, '', Infinity, undefined)).items : [target];
  const runs = [];
  for (const pipeline of pipelines) runs.push(...(await listExecutions(session, pipeline)));
  return runs.filter(({ status }) => status === 'Executing').map(({ arn }) => arn);
}

/** The step that is meant: that of the name, or the only one. */
function theOne(steps: readonly WaitingStep[], name: string | undefined): WaitingStep {
  const meant = name === undefined ? steps : steps.filter(({ step }) => step === name);
  const [only, ...others] = meant;
  if (!only)
    throw new Error(`${name ?? 'No Callback step'} ${name === undefined ? 'waits' : 'does not wait'} for an answer.`);
  if (others.length > 0) {
    const names = meant.map(({ executionArn, step }) => `${step} of ${executionArn}`).join(', ');
    throw new Error(`${meant.length} steps wait: ${names}. Name the run, and the step with --step.`);
  }
  return only;
}

function checkOutputs({ step, outputs: declared }: WaitingStep, given: Readonly<Record<string, string>>): void {
  const problems = [
    ...declared.flatMap((output) => {
      const value = given[output.name];
      if (value === undefined) return `${output.name} (${output.type}) is missing.`;
      return badValue(output, value) ?? [];
    }),
    ...Object.keys(given)
      .filter((name) => !declared.some((output) => output.name === name))
      .map((name) => `${step} declares no output ${name}.`),
  ];
  if (problems.length > 0) throw new UsageError(`${problems.join(' ')} Outputs are given with --output NAME=VALUE.`);
}
