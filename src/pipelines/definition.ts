import type { PipelineExecutionStep, PipelineExecutionStepMetadata } from '@aws-sdk/client-sagemaker';
import type { Graph } from '../definition/graph/model';
import { isRecord } from '../shared/guards';
import { valueOfJson } from '../shared/json';
import type { RunnableParameter, RunnableStep } from '../definition/sagemaker/runnable';
import { type Naming, serverOf } from './mlflow/model';
import type { FormParameter } from './panels/run-form/contract';
export type { RunnableStep as StepDefinition };

/** What runs need to know of a definition. */
export interface Definition {
  graph: Graph;
  parameters: FormParameter[];
  /** All steps by name, those in branches too. */
  steps: ReadonlyMap<string, RunnableStep>;
  /** The tracking server of MLflow that it names. */
  mlflow?: Naming;
}

/**
 * Reads a definition that the service or the validator has accepted.
 *
 * @throws UnreadableDefinition where the text is none; its message is a sentence
 */
export async function readDefinition(text: string): Promise<Definition> {
  const { readRunnable, graphOf } = await import('../definition/definition.bundle');
  const { model, parameters, steps } = readRunnable(text);
  const mlflow = mlflowIn(valueOfJson(text));
  return {
    graph: graphOf(model),
    parameters: parameters.map(parameterOf),
    steps: new Map(steps.map((step) => [step.name, step])),
    ...(mlflow ? { mlflow } : {}),
  };
}

/** @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_MLflowConfiguration.html */
function mlflowIn(definition: unknown): Naming | undefined {
  const config = isRecord(definition) ? definition['MlflowConfig'] : undefined;
  const { MlflowResourceArn: arn, MlflowExperimentName: experiment } = isRecord(config) ? config : {};
  const server = typeof arn === 'string' ? serverOf(arn) : undefined;
  return server && { server, ...(typeof experiment === 'string' ? { experiment } : {}) };
}

function parameterOf({ name, type, default: value, allowed, description }: RunnableParameter): FormParameter {
  return {
    name,
    type,
    ...(value === undefined ? {} : { default: String(value) }),
    ...(allowed ? { enum: allowed } : {}),
    ...(description ? { description } : {}),
  };
}

/**
 * A definition with every step that the service lists: those that it does not have itself, or all of them where it
 * could not be read, stand in the graph without edges.
 */
export function definitionOfSteps(
  definition: Definition | undefined,
  listed: readonly PipelineExecutionStep[],
): Definition {
  const known = definition ?? { graph: { nodes: [], edges: [] }, parameters: [], steps: new Map() };
  const ids = new Set(known.graph.nodes.map(({ id }) => id));
  const added = listed.flatMap(({ StepName = '', Metadata }) =>
    ids.has(StepName) ? [] : [{ id: StepName, label: StepName, type: typeIn(Metadata), start: 0, end: 0 }],
  );
  if (added.length === 0) return known;
  return { ...known, graph: { ...known.graph, nodes: [...known.graph.nodes, ...added] } };
}

/** What kind of step has this metadata: its only member says so. */
function typeIn(metadata: PipelineExecutionStepMetadata | undefined): string {
  const [kind = ''] = Object.entries(metadata ?? {}).flatMap(([name, value]) => (value === undefined ? [] : name));
  return kind.replace(/Job$/, '');
}
