/** What differs between a declaration in a file and the one that is deployed, and what deploying it does. Pure. */
import { isRecord } from '../shared/guards';

/** A declaration as JSON, with all its members, also those that are newer than this file. */
export type Json = Readonly<Record<string, unknown>>;

/** The declaration in a text, and whether it stands in a frame as get-pipeline prints it. */
export function declarationIn(value: unknown): { declaration: Json; isFramed: boolean } | undefined {
  if (!isRecord(value)) return undefined;
  const framed = value['pipeline'];
  if (isRecord(framed) && Array.isArray(framed['stages'])) return { declaration: framed, isFramed: true };
  return Array.isArray(value['stages']) && typeof value['name'] === 'string'
    ? { declaration: value, isFramed: false }
    : undefined;
}

/** A project of CodeBuild as a file declares it for `aws codebuild create-project --cli-input-json`. */
export type ProjectInput = Json & { readonly name: string };

export function projectIn(value: unknown): ProjectInput | undefined {
  if (!isRecord(value) || !isRecord(value['source']) || !isRecord(value['environment'])) return undefined;
  const { name } = value;
  return typeof name === 'string' && isRecord(value['artifacts']) ? { ...value, name } : undefined;
}

/** The projects of CodeBuild that the actions of a declaration name. */
export function projectsOf(declaration: Json): string[] {
  const stages = Array.isArray(declaration['stages']) ? declaration['stages'].filter(isRecord) : [];
  const actions = stages.flatMap(({ actions: list }) => (Array.isArray(list) ? list.filter(isRecord) : []));
  const names = actions.flatMap(({ actionTypeId, configuration }) => {
    const name = isRecord(configuration) ? configuration['ProjectName'] : undefined;
    return isRecord(actionTypeId) && actionTypeId['provider'] === 'CodeBuild' && typeof name === 'string' ? [name] : [];
  });
  return [...new Set(names)];
}

/**
 * A declaration of a template with what is deployed where the template does not say the value: roles, buckets and keys
 * that only a deployment of the template names.
 *
 * @param isOpen whether a text stands for such a value
 */
export function filledFrom(declared: unknown, deployed: unknown, isOpen: (text: string) => boolean): unknown {
  if (typeof declared === 'string') return isOpen(declared) && typeof deployed === 'string' ? deployed : declared;
  if (Array.isArray(declared)) {
    const known = Array.isArray(deployed) ? (deployed as unknown[]) : [];
    const named = elementsOf(known);
    return declared.map((item: unknown, index) => {
      const same = named?.find(({ key }) => key === nameOf(item))?.value;
      return filledFrom(item, same ?? known[index], isOpen);
    });
  }
  if (!isRecord(declared)) return declared;
  const known = isRecord(deployed) ? deployed : {};
  return Object.fromEntries(
    Object.entries(declared).map(([key, member]) => [key, filledFrom(member, known[key], isOpen)]),
  );
}

/** Where in a declaration values stand that only a deployment of its template knows: `Source › Commit › ConnectionArn`. */
export function openPlaces(value: unknown, isOpen: (text: string) => boolean, path: readonly string[] = []): string[] {
  if (typeof value === 'string') return isOpen(value) ? [words(path)] : [];
  if (Array.isArray(value)) {
    return value.flatMap((item: unknown, index) => openPlaces(item, isOpen, [...path, nameOf(item) || String(index)]));
  }
  if (!isRecord(value)) return [];
  return Object.entries(value).flatMap(([key, member]) => openPlaces(member, isOpen, [...path, key]));
}

/** What deploying a declaration would do. */
export interface Plan {
  kind: 'create' | 'update' | 'none';
  name: string;
  /** A line each. */
  changes: readonly string[];
  consequence: string;
}

/** The plan that leads from what is deployed to a declaration. The version is the service's own. */
export function planOf(declared: Json, deployed: Json | undefined): Plan {
  const name = String(declared['name']);
  if (!deployed) {
    return {
      kind: 'create',
      name,
      changes: stagesOf(declared).map(({ key, value }) => `Stage ${key}: ${actionNames(value)}`),
      consequence: `Creates ${name}. The service starts its first run at once.`,
    };
  }
  const changes = changesBetween(withoutVersion(deployed), withoutVersion(declared), []);
  if (changes.length === 0) {
    return { kind: 'none', name, changes, consequence: `${name} is deployed as it is declared.` };
  }
  const gone = goneStages(declared, deployed);
  return {
    kind: 'update',
    name,
    changes,
    consequence: [
      `Updates ${name}. Runs that are under way go on with what they began.`,
      ...(gone.length > 0
        ? [`A run that still has to pass ${gone.join(', ')} is cancelled, for the stage is gone.`]
        : []),
      'Stages can be rolled back only to runs after the update.',
    ].join(' '),
  };
}

/** Stages that are deployed and not declared any more. */
function goneStages(declared: Json, deployed: Json): string[] {
  const kept = new Set(stagesOf(declared).map(({ key }) => key));
  return stagesOf(deployed).flatMap(({ key }) => (kept.has(key) ? [] : [key]));
}

/** The declaration without the version, which the service counts. */
export function withoutVersion(declaration: Json): Json {
  return Object.fromEntries(Object.entries(declaration).filter(([key]) => key !== 'version'));
}

/** An element of a list that its elements' names tell apart. */
interface Element {
  key: string;
  value: unknown;
}

function stagesOf(declaration: Json): Element[] {
  return elementsOf(declaration['stages']) ?? [];
}

function actionNames(stage: unknown): string {
  const actions = isRecord(stage) ? (elementsOf(stage['actions']) ?? []) : [];
  return actions.map(({ key }) => key).join(', ');
}

/** The elements by their names; undefined where they have none of their own. */
function elementsOf(list: unknown): Element[] | undefined {
  if (!Array.isArray(list)) return undefined;
  const elements = list.map((value: unknown) => ({ key: nameOf(value), value }));
  const names = new Set(elements.map(({ key }) => key));
  return names.has('') || names.size < elements.length ? undefined : elements;
}

function nameOf(value: unknown): string {
  const name = isRecord(value) ? value['name'] : undefined;
  return typeof name === 'string' ? name : '';
}

function changesBetween(from: unknown, to: unknown, path: readonly string[]): string[] {
  if (JSON.stringify(sorted(from)) === JSON.stringify(sorted(to))) return [];
  if (isRecord(from) && isRecord(to)) {
    const keys = [...new Set([...Object.keys(from), ...Object.keys(to)])];
    return keys.flatMap((key) => changeOf(from[key], to[key], [...path, key]));
  }
  const [before, after] = [elementsOf(from), elementsOf(to)];
  if (before && after) {
    const keys = [...new Set([...before, ...after].map(({ key }) => key))];
    const changes = keys.flatMap((key) =>
      changeOf(before.find((each) => each.key === key)?.value, after.find((each) => each.key === key)?.value, [
        ...path,
        key,
      ]),
    );
    return changes.length > 0 ? changes : [`${words(path)}: another order`];
  }
  return [`${words(path)}: ${told(from)} → ${told(to)}`];
}

function changeOf(from: unknown, to: unknown, path: readonly string[]): string[] {
  if (from === undefined && to === undefined) return [];
  if (from === undefined) return [`${words(path)}: added${short(to)}`];
  if (to === undefined) return [`${words(path)}: removed${short(from)}`];
  return changesBetween(from, to, path);
}

function short(value: unknown): string {
  return typeof value === 'object' ? '' : ` ${told(value)}`;
}

function told(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 80 ? `${text.slice(0, 77)}…` : text;
}

/** `stages › Deploy › actions › Production` as people say it: `Deploy › Production`. */
function words(path: readonly string[]): string {
  const shown = path.filter((part, index) => !(index % 2 === 0 && (part === 'stages' || part === 'actions')));
  return shown.join(' › ') || path.join(' › ');
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, member]) => [key, sorted(member)]),
  );
}

/** What is deployed, with its members in the order in which the file has them, so that a comparison shows no others. */
export function arrangedLike(value: unknown, like: unknown): unknown {
  if (Array.isArray(value)) {
    const models = Array.isArray(like) ? (like as unknown[]) : [];
    const named = elementsOf(models);
    return value.map((item: unknown, index) => {
      const name = isRecord(item) ? item['name'] : undefined;
      return arrangedLike(item, named?.find(({ key }) => key === name)?.value ?? models[index]);
    });
  }
  if (!isRecord(value)) return value;
  const order = isRecord(like) ? Object.keys(like) : [];
  const keys = [...order.filter((key) => key in value), ...Object.keys(value).filter((key) => !order.includes(key))];
  return Object.fromEntries(keys.map((key) => [key, arrangedLike(value[key], isRecord(like) ? like[key] : undefined)]));
}
