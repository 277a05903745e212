/**
 * The pipelines of CodePipeline and the projects of CodeBuild in a template, as their services take them: of
 * CloudFormation (JSON or YAML, as the CDK synthesises it), of Terraform as JSON and of the plan that
 * `terraform show -json` prints. Members are kept, also those that nobody here knows.
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-codepipeline-pipeline.html
 * @see https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/codepipeline
 */
import { providers } from '../codepipeline/providers';
import { SourceDocument } from '../document';
import type { Json } from '../sagemaker/runnable';
import type { Node, Tree } from '../tree';
import { listed, terraform } from './definitions';
import { isOpen, standInFor } from './stand-in';
import { isArtifactList, isListOfBlocks, ownMembers, serviceMember, typeMembers } from './terraform-names';
import { asText, isMembers, type Members, type Place, Values } from './values';

/** A resource of a template, as its service takes it. */
export interface HeldDelivery {
  kind: 'pipeline' | 'project';
  name: string;
  /** The name of the resource in the template. */
  resource: string;
  /** The line of the resource, from 0. */
  line: number;
  value: Members;
  /** True where Terraform makes blocks of it (`dynamic`), so that a part of the value is told by a plan alone. */
  isPartial?: true;
}

const signs = /AWS::Code(?:Pipeline::Pipeline|Build::Project)\b|"aws_code(?:pipeline|build_project)"/;

/** False where a text surely holds none; a look at the characters alone. */
export function mayHoldDelivery(text: string): boolean {
  return signs.test(text);
}

/** Another file of a module of Terraform: a configuration (`.tf`), or values of variables (`.tfvars`). */
export interface ModuleFile {
  path: string;
  text: string;
}

/**
 * All of them in a text.
 * @param path its path, whose ending tells the syntax
 * @param others the other files of its module, where it is Terraform; their projects are told after its own
 */
export function deliveriesIn(
  text: string,
  path: string,
  place: Place,
  others: readonly ModuleFile[] = [],
): HeldDelivery[] {
  if (!mayHoldDelivery(text)) return [];
  const { tree } = new SourceDocument(text, path);
  const { root } = tree;
  if (root?.kind !== 'object') return [];
  const found: HeldDelivery[] = [];
  const add = (kind: HeldDelivery['kind'], resource: string, node: Node, value: Members, lines = tree.lines): void => {
    const written = typeof value['name'] === 'string' && !isOpen(value['name']) ? value['name'] : undefined;
    // On Local a resource without a name has that of its place in the template; elsewhere the deployment makes one.
    const name =
      written ?? (place.role === undefined ? standInFor(resource) : (resource.split('.').at(-1) ?? resource));
    const whole = { ...value, name };
    found.push({
      kind,
      name,
      resource,
      line: lines.position(node.keyStart).line,
      value: place.role === undefined ? whole : onLocal(whole, place),
      ...(hasDynamic(node) ? { isPartial: true } : {}),
    });
  };
  const template = new Values(tree, place, true);
  for (const resource of root.get('Resources')?.members ?? []) {
    const properties = resource.get('Properties');
    const type = resource.get('Type')?.text;
    const kind = type === undefined ? undefined : kindOf[type];
    if (properties?.kind !== 'object' || !kind) continue;
    const value = template.of(properties);
    if (isMembers(value)) add(kind, String(resource.key), resource, fromCloudFormation(kind, value));
  }
  const module = new TerraformModule(tree, others);
  for (const one of module.trees) {
    const plain = new Values(one, place, false);
    for (const type of ['aws_codepipeline', 'aws_codebuild_project'] as const) {
      // The pipelines of the other files have their place there.
      if (!one.root || (one !== tree && type === 'aws_codepipeline')) continue;
      for (const { node, name } of terraform(one.root, type)) {
        const value = plain.of(node);
        if (isMembers(value))
          add(kindOf[type] ?? 'pipeline', name, node, fromTerraform(type, value, module), one.lines);
      }
    }
  }
  return found;
}

/** True where a block or one in it is made by Terraform. */
function hasDynamic(node: Node): boolean {
  return node.get('dynamic') !== undefined || node.children.some(hasDynamic);
}

const kindOf: Readonly<Record<string, HeldDelivery['kind']>> = {
  'AWS::CodePipeline::Pipeline': 'pipeline',
  'AWS::CodeBuild::Project': 'project',
  aws_codepipeline: 'pipeline',
  aws_codebuild_project: 'project',
};

/** Members of the resource that are the template's own affair. */
const dropped: Readonly<Record<HeldDelivery['kind'], ReadonlySet<string>>> = {
  pipeline: new Set(['DisableInboundStageTransitions', 'RestartExecutionOnUpdate', 'Tags', 'Blockers']),
  project: new Set(['Triggers', 'Visibility', 'ResourceAccessRole']),
};
/** Members that are numbers. */
const numeric = new Set([
  'runOrder',
  'timeoutInMinutes',
  'queuedTimeoutInMinutes',
  'gitCloneDepth',
  'concurrentBuildLimit',
]);

/** The members of which a service knows few values, with these; undefined where they may be left out. */
const choices: ReadonlyMap<string, string | undefined> = new Map([
  ...providers.flatMap(({ configuration }) =>
    Object.entries(configuration).flatMap(([key, { values, required }]) =>
      values ? [[key, required === true ? values[0] : undefined] as const] : [],
    ),
  ),
  ['pipelineType', undefined],
  ['executionMode', undefined],
]);

function isOptionalChoice(name: string): boolean {
  return choices.has(name) && choices.get(name) === undefined;
}

/** A property as the service names it: the first letter is small. */
function serviceName(key: string): string {
  return key === 'BuildSpec' ? 'buildspec' : `${key.charAt(0).toLowerCase()}${key.slice(1)}`;
}

function fromCloudFormation(kind: HeldDelivery['kind'], properties: Members): Members {
  const named = (value: Json, name: string): Json => {
    if (Array.isArray(value)) return value.map((item) => named(item, name));
    if (!isMembers(value)) return scalar(value, name);
    return Object.fromEntries(
      Object.entries(value).flatMap(([key, member]) =>
        dropped[kind].has(key)
          ? []
          : [[serviceName(key), key === 'Configuration' ? texts(member) : named(member, serviceName(key))]],
      ),
    );
  };
  const value = named(properties, '');
  if (!isMembers(value)) return {};
  const { artifactStores: stores } = value;
  if (!Array.isArray(stores)) return value;
  return {
    ...value,
    artifactStores: Object.fromEntries(
      stores.filter(isMembers).map(({ region, artifactStore }) => [asText(region), artifactStore ?? null]),
    ),
  };
}

/** Templates write numbers and texts alike, and services take them apart. */
function scalar(value: Json, name: string): Json {
  if (numeric.has(name)) return typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value;
  if (typeof value === 'number') return String(value);
  return typeof value === 'boolean' && ['value', 'defaultValue', 'version'].includes(name) ? String(value) : value;
}

/** The configuration of an action: all its values are texts. */
function texts(value: Json): Json {
  if (!isMembers(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, asText(member)]));
}

function fromTerraform(type: string, resource: Members, module: TerraformModule): Members {
  const own = Object.fromEntries(Object.entries(resource).filter(([key]) => !ownMembers.has(key)));
  const value = block(own, (text) => module.filled(text));
  if (type !== 'aws_codepipeline') return value;
  const { artifactStore } = value;
  if (!Array.isArray(artifactStore)) return value;
  const { artifactStore: _, ...others } = value;
  return {
    ...others,
    artifactStores: Object.fromEntries(
      artifactStore.filter(isMembers).map(({ region, ...store }) => [asText(region ?? ''), store]),
    ),
  };
}

function block(members: Members, text: (written: string) => string): Members {
  const isAction = typeMembers.every((name) => name in members) && 'name' in members;
  const result: Members = {};
  if (isAction) {
    result['actionTypeId'] = Object.fromEntries(typeMembers.map((name) => [name, text(asText(members[name] ?? ''))]));
  }
  for (const [key, member] of Object.entries(members)) {
    // A plan writes out what is not given.
    if (member === null || (Array.isArray(member) && member.length === 0)) continue;
    if (isAction && typeMembers.some((name) => name === key)) continue;
    result[serviceMember(key)] = memberOf(key, member, text);
  }
  return result;
}

function memberOf(key: string, member: Json, text: (written: string) => string): Json {
  if (key === 'configuration') {
    const given = Array.isArray(member) ? (member[0] ?? {}) : member;
    const values = texts(given);
    return isMembers(values)
      ? Object.fromEntries(Object.entries(values).map(([name, value]) => [name, text(asText(value))]))
      : text(asText(values));
  }
  if (Array.isArray(member)) {
    if (isArtifactList(key)) return member.map((name) => ({ name: text(asText(name)) }));
    const items = member.map((item) =>
      isMembers(item) ? block(item, text) : typeof item === 'string' ? text(item) : item,
    );
    const [only] = items;
    return !isListOfBlocks(key) && items.length === 1 && isMembers(only ?? null) ? (only ?? null) : items;
  }
  if (isMembers(member)) {
    const value = block(member, text);
    return isListOfBlocks(key) ? [value] : value;
  }
  return scalar(typeof member === 'string' ? text(member) : member, serviceMember(key));
}

/** How deep texts that stand for one another are followed. */
const deepest = 8;
/** Attributes of resources that are names which their blocks give. */
const names: Readonly<Record<string, readonly string[] | undefined>> = {
  name: ['name'],
  id: ['name', 'bucket'],
  bucket: ['bucket'],
  function_name: ['function_name'],
};

/** The files of a module of Terraform, and what they say of the values in its texts. */
class TerraformModule {
  /** The configurations, the one that is looked at first. */
  readonly trees: readonly Tree[];
  /** Files that give values to variables; of several, Terraform takes the last by its name. */
  private readonly given: readonly Node[];

  constructor(tree: Tree, others: readonly ModuleFile[]) {
    const read = (file: ModuleFile): Tree => new SourceDocument(file.text, 'main.tf').tree;
    const values = others.filter(({ path }) => path.endsWith('.tfvars'));
    this.trees = [tree, ...others.filter((file) => !values.includes(file)).map(read)];
    this.given = values
      .toSorted((a, b) => rankOf(b.path) - rankOf(a.path) || b.path.localeCompare(a.path))
      .flatMap((file) => read(file).root ?? []);
  }

  /** A text with what the module says of its variables, local values and names of resources; a stand-in for the rest. */
  filled(text: string, left = deepest): string {
    return text.replaceAll(/(\$?)\$\{([^}]*)\}/g, (whole, escape: string, expression: string) => {
      if (escape !== '') return whole.slice(1);
      const known = left === 0 ? undefined : this.textOf(expression.trim().split('.'));
      return known === undefined ? standInFor(expression) : this.filled(known, left - 1);
    });
  }

  private textOf([type = '', written = '', attribute = '']: readonly string[]): string | undefined {
    const name = written.replace(/\[[^\]]*\]$/, '');
    if (type === 'var') {
      const [declared] = this.blocks('variable').flatMap((each) => listed(each.get(name)));
      const given = this.given.map((root) => scalarText(root.get(name))).find((value) => value !== undefined);
      return given ?? scalarText(declared?.get('default'));
    }
    if (type === 'local') return scalarText(this.blocks('locals').flatMap((each) => each.get(name) ?? [])[0]);
    const resource = this.trees
      .flatMap(({ root }) => (root ? terraform(root, type) : []))
      .find((each) => each.name === name)?.node;
    return names[attribute]?.map((member) => resource?.get(member)?.text).find((value) => value !== undefined);
  }

  private blocks(kind: string): readonly Node[] {
    return this.trees.flatMap(({ root }) => listed(root?.get(kind)));
  }
}

/** `*.auto.tfvars` come after `terraform.tfvars`. */
function rankOf(path: string): number {
  return path.endsWith('.auto.tfvars') ? 1 : 0;
}

/** A text, number or truth value as text; null is no value. */
function scalarText(node: Node | undefined): string | undefined {
  const value = node?.value;
  return value === undefined || value === null ? undefined : String(value);
}

/** A connection that only a deployment names. */
const someConnection = '00000000-0000-0000-0000-000000000000';

/**
 * What a resource comes to on Local, where roles, buckets and connections are not looked at: one stands for each that
 * only a deployment names, and the branch that is checked out for such a branch.
 */
function onLocal(value: Members, { region, account, role = '' }: Place): Members {
  const standing = (key: string, text: string): string => {
    // What a parameter has by default may be empty: it is to be given.
    if (!isOpen(text) && text !== '') return text;
    if (key === 'roleArn' || key === 'serviceRole') return role;
    if (key === 'location' || key === 'S3Bucket' || key === 'BucketName') return `sagemaker-${region}-${account}`;
    if (key === 'ConnectionArn') return `arn:aws:codeconnections:${region}:${account}:connection/${someConnection}`;
    if (key === 'FullRepositoryId' && !/^[^/]+\/./.test(text)) return `local/${text || standInFor(key)}`;
    if (key === 'version') return '1';
    if (choices.has(key)) return choices.get(key) ?? text;
    return key === 'BranchName' || key === 'Branch' ? 'HEAD' : text;
  };
  const walked = (member: Json, key: string): Json => {
    if (Array.isArray(member)) return member.map((one) => walked(one, key));
    if (!isMembers(member)) return typeof member === 'string' ? standing(key, member) : member;
    return Object.fromEntries(
      Object.entries(member).flatMap(([name, one]) =>
        // A number or a choice that only a deployment knows is left to the service.
        typeof one === 'string' && (numeric.has(name) || (isOpen(one) && isOptionalChoice(name)))
          ? []
          : [[name, walked(one, name)]],
      ),
    );
  };
  const found = walked(value, '');
  return isMembers(found) ? found : value;
}
