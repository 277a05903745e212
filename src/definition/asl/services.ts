/**
 * What the services of AWS can be asked for by a Task, and operations, and the shapes of requests,
 * read from the generated tables of the service models.
 *
 * Step Functions writes the members of every request and result with a capital, whatever the service's own API does.
 */
import operationTable from '../generated/operations.json';
import { type Limit, type Shape as ServiceShape, structure, structuresOf } from '../sagemaker/shapes';
import { any, flag, type Member, type Shape } from '../shape/shape';
import { table } from '../table';

/** A service as the tables know it. */
export interface ServiceModel {
  /** The operations as Step Functions writes them: `createTrainingJob`. */
  operations: ReadonlySet<string>;
  /** The shape of an operation's request, where the tables have it. */
  request(operation: string): Shape | undefined;
}

/** The service by the name that `aws-sdk` integrations give it, or undefined where the tables don't have it. */
export function serviceModel(name: string): ServiceModel | undefined {
  return name === 'sagemaker' ? sageMaker : undefined;
}

const lowered = (name: string): string => name.charAt(0).toLowerCase() + name.slice(1);

/** The step types of SageMaker pipelines whose arguments are the requests of these operations. */
const stepTypes = table<string>({
  createTrainingJob: 'Training',
  createProcessingJob: 'Processing',
  createTransformJob: 'Transform',
  createHyperParameterTuningJob: 'Tuning',
  createModel: 'Model',
  createModelPackage: 'RegisterModel',
  createAutoMLJob: 'AutoML',
  createEndpointConfig: 'EndpointConfig',
  createEndpoint: 'Endpoint',
  createInferenceComponent: 'InferenceComponent',
  createJob: 'Job',
});

const sageMaker: ServiceModel = {
  operations: new Set(operationTable.map(lowered)),
  request: (operation) => shapeOf(stepTypes[operation]),
};

function shapeOf(type: string | undefined): Shape | undefined {
  const found = type === undefined ? undefined : structuresOf(type)[0];
  return found && structureShape(found.name);
}

const known = new Map<string, Shape>();

/** A structure as a shape, whose members are made when they are looked at: structures hold each other. */
function structureShape(name: string): Shape {
  let shape = known.get(name);
  if (!shape) {
    let members: Readonly<Record<string, Member>> | undefined;
    shape = {
      kind: 'object',
      get members() {
        members ??= membersOf(name);
        return members;
      },
    };
    known.set(name, shape);
  }
  return shape;
}

function membersOf(name: string): Readonly<Record<string, Member>> {
  const { members, required } = structure(name);
  return table(
    Object.fromEntries(
      [...members].map(([member, shape]) => [member, { shape: converted(shape), required: required.includes(member) }]),
    ),
  );
}

function converted(shape: ServiceShape): Shape {
  switch (shape.kind) {
    case 'string':
      return {
        kind: 'text',
        ...(shape.enum ? { values: [...shape.enum.values] } : {}),
        ...bounds(shape.limit),
      };
    case 'number':
      return { kind: 'number', whole: shape.limit?.integer === true, ...bounds(shape.limit) };
    case 'boolean':
      return flag;
    case 'list':
      return { kind: 'list', item: converted(shape.element), ...bounds(shape.limit) };
    case 'map':
      return { kind: 'map', value: converted(shape.value) };
    case 'structure':
      return structureShape(shape.name);
    default:
      return any;
  }
}

function bounds(limit: Limit | undefined): { min?: number; max?: number } {
  return {
    ...(limit?.min === undefined ? {} : { min: limit.min }),
    ...(limit?.max === undefined ? {} : { max: limit.max }),
  };
}
