import type { Graph } from '../definition/graph/model';
import type { FormParameter, ParameterType } from './contract';

/** A step as the definition gives it. */
export interface StepDefinition {
  name: string;
  type: string;
  description?: string;
  dependsOn: readonly string[];
  arguments: Readonly<Record<string, unknown>>;
  /** The JSON files that a Processing step leaves for conditions and for us to read. */
  propertyFiles: readonly { name: string; output: string; path: string }[];
}

/** What runs need to know of a definition. */
export interface Definition {
  graph: Graph;
  parameters: FormParameter[];
  /** All steps by name, those in branches too. */
  steps: ReadonlyMap<string, StepDefinition>;
}

interface RawStep {
  Name?: string;
  Type?: string;
  Description?: string;
  DependsOn?: string[];
  Arguments?: Record<string, unknown>;
  PropertyFiles?: { PropertyFileName?: string; OutputName?: string; FilePath?: string }[];
}

interface RawDefinition {
  Parameters?: {
    Name?: string;
    Type?: ParameterType;
    DefaultValue?: string | number | boolean;
    EnumValues?: string[];
    Description?: string;
  }[];
  Steps?: RawStep[];
}

/**
 * Reads a definition that the service or the validator has accepted.
 *
 * @throws SyntaxError where the text is no JSON
 */
export async function readDefinition(text: string): Promise<Definition> {
  const raw = JSON.parse(text) as RawDefinition;
  const { buildGraph } = await import('../definition/definition.bundle');
  const steps = new Map<string, StepDefinition>();
  collectSteps(raw.Steps, steps);
  return {
    graph: buildGraph(text) ?? { nodes: [], edges: [] },
    parameters: (raw.Parameters ?? []).map(parameterOf),
    steps,
  };
}

function parameterOf(raw: NonNullable<RawDefinition['Parameters']>[number]): FormParameter {
  return {
    name: raw.Name ?? '',
    type: raw.Type ?? 'String',
    ...(raw.DefaultValue === undefined ? {} : { default: String(raw.DefaultValue) }),
    ...(raw.EnumValues ? { enum: raw.EnumValues } : {}),
    ...(raw.Description ? { description: raw.Description } : {}),
  };
}

function collectSteps(list: unknown, into: Map<string, StepDefinition>): void {
  if (!Array.isArray(list)) return;
  for (const raw of list as RawStep[]) {
    const name = raw.Name ?? '';
    into.set(name, {
      name,
      type: raw.Type ?? '',
      ...(raw.Description ? { description: raw.Description } : {}),
      dependsOn: raw.DependsOn ?? [],
      arguments: raw.Arguments ?? {},
      propertyFiles: (raw.PropertyFiles ?? []).map((file) => ({
        name: file.PropertyFileName ?? '',
        output: file.OutputName ?? '',
        path: file.FilePath ?? '',
      })),
    });
    collectSteps(raw.Arguments?.['IfSteps'], into);
    collectSteps(raw.Arguments?.['ElseSteps'], into);
  }
}
