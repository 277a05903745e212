/**
 * What Step Functions can call of AWS: the actions of every service, and requests and answers of the services that are
 * called most. In a bundle of its own, and each table of it is read when it is first asked for.
 */
import generated from '../generated/actions.json';
import { loaders } from '../generated/services';
import { type RawTable, ServiceTable, type Structure } from './service-table';

/** One operation of a service, with members written as Step Functions does: `TrainingJobName`, also at depth. */
export interface Action {
  request: Structure | undefined;
  answer: Structure | undefined;
  /** The service's own names of its errors: `ResourceInUse`. */
  errors: readonly string[];
}

/** A service as `arn:aws:states:::aws-sdk:<name>:<action>` names it. */
export interface Integration {
  /** `SageMaker`: what begins the names of errors. */
  id: string;
  /** `createTrainingJob`, all that there are. */
  actions: ReadonlySet<string>;
  /** What is known of an action; undefined where only its name is. */
  action(name: string): Action | undefined;
  /** A structure that an action's request or answer is made of. */
  structure(name: string): Structure;
}

interface ServiceEntry {
  id: string;
  actions: string;
  table?: string;
}

interface ActionTable extends RawTable {
  operations: Record<string, [request: string, answer: string, errors: string] | undefined>;
}

const services = generated as Record<string, ServiceEntry | undefined>;
const known = new Map<string, Promise<Integration>>();

/** The names of all services: `sagemaker`, `sfn`, `dynamodb`. */
export const integrationNames: readonly string[] = Object.keys(services);

/** A service by its name in an `aws-sdk` integration, or undefined where there is none. */
export async function integrationOf(name: string): Promise<Integration | undefined> {
  const entry = Object.hasOwn(services, name) ? services[name] : undefined;
  if (!entry) return undefined;
  let reading = known.get(name);
  if (!reading) {
    reading = read(entry);
    known.set(name, reading);
  }
  return reading;
}

async function read({ id, actions, table: name }: ServiceEntry): Promise<Integration> {
  const raw = (await loaders[name ?? '']?.()) as ActionTable | undefined;
  const table = raw && new ServiceTable(raw);
  return {
    id,
    actions: new Set(actions.split(' ')),
    action: (action) => {
      const found = raw && Object.hasOwn(raw.operations, action) ? raw.operations[action] : undefined;
      if (!table || !found) return undefined;
      const [request, answer, errors] = found;
      return {
        request: request === '' ? undefined : table.structure(request),
        answer: answer === '' ? undefined : table.structure(answer),
        errors: errors === '' ? [] : errors.split(' '),
      };
    },
    structure: (structureName) => {
      if (!table) throw new Error(`There is no table of ${id}.`);
      return table.structure(structureName);
    },
  };
}
