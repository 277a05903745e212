/** The variables of CodePipeline: `#{namespace.key}` in configurations, commands and rules. */
import type { PipelineDeclaration, PipelineVariable } from '@aws-sdk/client-codepipeline';
import type { DeliveryExecution } from '../../domain/deliveries';
import { invalid } from '../../wire/errors';

/** A variable that has no value; the message names it. */
export class UnknownVariable extends Error {
  override readonly name = 'UnknownVariable';
}

/**
 * A text with the values of its variables.
 * @throws {UnknownVariable}
 * @see https://docs.aws.amazon.com/codepipeline/latest/userguide/reference-variables.html
 */
export function resolveText(text: string, execution: DeliveryExecution): string {
  return text.replaceAll(/#\{([A-Za-z0-9@_-]+)\.([A-Za-z0-9@_.-]+)\}/g, (whole, namespace: string, key: string) => {
    const value = valueOf(namespace, key, execution);
    if (value !== undefined) return value;
    throw new UnknownVariable(`The variable ${whole} has no value in this execution.`);
  });
}

/** A configuration with the values of its variables. @throws {UnknownVariable} */
export function resolveAll(
  configuration: Readonly<Record<string, string>> | undefined,
  execution: DeliveryExecution,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(configuration ?? {}).map(([key, value]) => [key, resolveText(value, execution)]),
  );
}

function valueOf(namespace: string, key: string, execution: DeliveryExecution): string | undefined {
  if (namespace === 'codepipeline') return key === 'PipelineExecutionId' ? execution.id : undefined;
  if (namespace === 'variables') return execution.variables[key];
  return execution.outputs[namespace]?.[key];
}

/**
 * The values of an execution's own variables: given, or by default.
 * @throws {ServiceError} `ValidationException` for those that are not declared, or have no value
 */
export function valuesOf(
  { variables = [] }: PipelineDeclaration,
  given: readonly PipelineVariable[],
): Record<string, string> {
  const declared = new Set(variables.map(({ name = '' }) => name));
  const unknown = given.find(({ name = '' }) => !declared.has(name));
  if (unknown) throw invalid(`The pipeline has no variable ${unknown.name ?? ''}.`);
  const values = {
    ...defaultsOf(variables),
    ...Object.fromEntries(given.map(({ name = '', value = '' }) => [name, value])),
  };
  const missing = [...declared].filter((name) => !(name in values));
  if (missing.length > 0) throw invalid(`The variable ${missing.join(', ')} has no default value: give one.`);
  return values;
}

function defaultsOf(variables: NonNullable<PipelineDeclaration['variables']>): Record<string, string> {
  return Object.fromEntries(
    variables.flatMap(({ name = '', defaultValue }) => (defaultValue === undefined ? [] : [[name, defaultValue]])),
  );
}
