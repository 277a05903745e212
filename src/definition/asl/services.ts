/**
 * What the services of AWS can be asked for by a Task, and what they answer: operations, requests and results as shapes,
 * read from the generated tables of the service models. The tables of a service are loaded when a machine names it.
 *
 * Step Functions writes the members of every request and result with a capital, whatever the service's own API does.
 */
import { any, flag, type Member, type Shape } from '../shape/shape';
import type { Integration } from '../shape/integrations.bundle';
import type { Limit, Shape as ServiceShape, Structure } from '../shape/service-table';
import { table } from '../table';

/** A service as the tables know it. */
export interface ServiceModel {
  /** The operations as Step Functions writes them: `createTrainingJob`. */
  operations: ReadonlySet<string>;
  /** The shape of an operation's request, where the tables have it. */
  request(operation: string): Shape | undefined;
  /** The shape of what it answers. */
  result(operation: string): Shape | undefined;
}

/** What optimised integrations call services by, where `aws-sdk` integrations have another name. */
const otherNames = table<string>({
  elasticmapreduce: 'emr',
  'emr-containers': 'emrcontainers',
  'emr-serverless': 'emrserverless',
  events: 'eventbridge',
  states: 'sfn',
});

const loaded = new Map<string, ServiceModel | undefined>();
let allNames: readonly string[] = [];

/** The name that `aws-sdk` integrations give a service. */
export function sdkName(service: string): string {
  return otherNames[service] ?? service;
}

/** The service by its name in `aws-sdk` integrations; undefined where it is not loaded or there is none. */
export function serviceModel(name: string): ServiceModel | undefined {
  return loaded.get(name);
}

/** True once it is known whether there is a service of the name. */
export function isAsked(name: string): boolean {
  return loaded.has(name);
}

/** The names of all services, once one was loaded. */
export function serviceNames(): readonly string[] {
  return allNames;
}

const mentions = /:states:[\w-]*:\d*:(?:aws-sdk:)?([a-zA-Z0-9-]+):/g;

/** Loads the tables of the services that a text names; undefined where all are there. */
export function loadServices(text: string): Promise<void> | undefined {
  const names = new Set([...text.matchAll(mentions)].map(([, service = '']) => sdkName(service)));
  const missing = [...names].filter((name) => !loaded.has(name));
  return missing.length === 0 ? undefined : load(missing);
}

async function load(names: readonly string[]): Promise<void> {
  const { integrationNames, integrationOf } = await import('../shape/integrations.bundle');
  allNames = integrationNames;
  for (const name of names) {
    const service = await integrationOf(name);
    loaded.set(name, service && modelOf(service));
  }
}

function modelOf(service: Integration): ServiceModel {
  const shapes = new Map<string, Shape>();
  const structure = (made: Structure): Shape => {
    let shape = shapes.get(made.name);
    if (!shape) {
      // Structures hold each other, so members are made when they are looked at.
      let members: Readonly<Record<string, Member>> | undefined;
      shape = {
        kind: 'object',
        get members() {
          members ??= membersOf(made);
          return members;
        },
      };
      shapes.set(made.name, shape);
    }
    return shape;
  };
  const membersOf = ({ members, required }: Structure): Readonly<Record<string, Member>> =>
    table(
      Object.fromEntries(
        [...members].map(([name, shape]) => [
          name,
          {
            shape: name === 'BOOL' ? { kind: 'choice', of: [flag, { kind: 'text' }] } : converted(shape),
            required: required.includes(name),
          },
        ]),
      ),
    );
  const converted = (shape: ServiceShape): Shape => {
    switch (shape.kind) {
      case 'string':
        return { kind: 'text', ...(shape.enum ? { values: [...shape.enum.values] } : {}), ...bounds(shape.limit) };
      case 'number':
        return { kind: 'number', whole: shape.limit?.integer === true, ...bounds(shape.limit) };
      case 'boolean':
        return flag;
      case 'list':
        return { kind: 'list', item: converted(shape.element), ...bounds(shape.limit) };
      case 'map':
        return { kind: 'map', value: converted(shape.value) };
      case 'structure':
        return shape.name === 'AttributeValue' ? attribute() : structure(service.structure(shape.name));
      default:
        return any;
    }
  };
  // A value of DynamoDB may be written as a plain text, and true and false as texts.
  const attribute = (): Shape => {
    const whole = structure(service.structure('AttributeValue'));
    return { kind: 'choice', of: [whole, { kind: 'text' }] };
  };
  const shapeOf = (made: Structure | undefined): Shape | undefined => made && structure(made);
  return {
    operations: service.actions,
    request: (operation) => shapeOf(service.action(operation)?.request),
    result: (operation) => shapeOf(service.action(operation)?.answer),
  };
}

function bounds(limit: Limit | undefined): { min?: number; max?: number } {
  return {
    ...(limit?.min === undefined ? {} : { min: limit.min }),
    ...(limit?.max === undefined ? {} : { max: limit.max }),
  };
}
