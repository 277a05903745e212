/**
 * The SageMaker definitions in a text, each as text of its own: a text that is one, a request or answer of the AWS
 * command line, a template of CloudFormation (JSON or YAML, as the CDK synthesises it), Terraform and the plan
 * that `terraform show -json` prints. What only a deployment works out is worked out where the template says enough, and
 * is a stand-in else.
 */
import { SourceDocument } from '../document';
import { isPipeline } from '../sagemaker/model';
import type { Json } from '../sagemaker/runnable';
import type { Node } from '../tree';
import { isOpen } from './stand-in';
import { fileCall, filledTemplate } from './terraform-files';
import { type Place, TerraformValues, Values } from './values';

export type { Place } from './values';

/** A definition and where it stands. */
export interface HeldDefinition {
  /** The pipeline's name, where it is written; undefined for a definition by itself. */
  name?: string;
  /** What holds it: the name of the resource; undefined where the text is the definition itself. */
  resource?: string;
  /** The line of the resource, from 0. */
  line: number;
  /** The definition as JSON; undefined where the file that it lies in was not read, or holds none. */
  definition?: string;
  /** Another file that Terraform reads the definition from. */
  file?: string;
}

type Held = Pick<HeldDefinition, 'definition' | 'file'>;

/** Gives the text of a file by its path, from where that of the text counts. */
export type ReadFile = (path: string) => string | undefined;

/** What every text with a definition in it has; a look at the characters alone. */
const signs = /AWS::SageMaker::Pipeline\b|aws_sagemaker_pipeline|"PipelineDefinition"|"Steps"\s*:\s*\[/;

/** False where a text surely holds no definition. */
export function mayHold(text: string): boolean {
  return signs.test(text);
}

/**
 * All definitions in a text.
 * @param path its path, whose ending tells the syntax
 * @param read gives the files that Terraform reads definitions from; without it they are told by their names alone
 */
export function definitionsIn(text: string, path: string, place: Place, read?: ReadFile): HeldDefinition[] {
  if (!mayHold(text)) return [];
  const { tree } = new SourceDocument(text, path);
  const { root } = tree;
  if (root?.kind !== 'object') return [];
  if (isPipeline(root)) return [{ line: 0, definition: text }];
  const lineOf = (node: Node): number => tree.lines.position(node.start).line;
  const found: HeldDefinition[] = [];
  const put = (node: Node, resource: string, named: Node | undefined, values: Values, held: Held): void => {
    const name = named && values.of(named);
    found.push({
      ...(typeof name === 'string' && !isOpen(name) ? { name } : {}),
      resource,
      line: lineOf(node.parent ?? root),
      ...held,
    });
  };
  const add = (node: Node | undefined, resource: string, named: Node | undefined, values: Values): void => {
    const definition = node && textOf(values.of(node));
    if (definition !== undefined) put(node ?? root, resource, named, values, { definition });
  };
  const plain = new Values(tree, place, false);
  add(
    root.get('PipelineDefinition'),
    root.get('PipelineName')?.text ?? 'PipelineDefinition',
    root.get('PipelineName'),
    plain,
  );
  const template = new Values(tree, place, true);
  for (const resource of root.get('Resources')?.members ?? []) {
    const properties = resource.get('Properties');
    if (resource.get('Type')?.text !== 'AWS::SageMaker::Pipeline' || !properties) continue;
    const definition = properties.get('PipelineDefinition');
    const name = properties.get('PipelineName');
    add(definition?.get('PipelineDefinitionBody') ?? definition, String(resource.key), name, template);
  }
  const configuration = new TerraformValues(tree, place, false);
  for (const { node, name } of terraform(root, 'aws_sagemaker_pipeline')) {
    const written = node.get('pipeline_definition');
    const definition = written && localValue(root, written);
    const call = definition && fileCall(tree.source(definition), path);
    if (!call) {
      add(definition, name, node.get('pipeline_name'), configuration);
      continue;
    }
    const text = read?.(call.path);
    const filled = call.blanks
      ? text && filledTemplate(text, (expression) => configuration.inTemplate(expression, call.blanks))
      : text;
    const held = filled === undefined ? undefined : textOf(filled);
    put(written, name, node.get('pipeline_name'), configuration, {
      ...(held === undefined ? {} : { definition: held }),
      file: call.path,
    });
  }
  return found;
}

/** The value that `local.NAME` stands for, where the same file gives it. */
function localValue(root: Node, node: Node): Node {
  const [, name] = /^\$\{local\.([\w-]+)\}$/.exec(node.text ?? '') ?? [];
  const given = name === undefined ? undefined : listed(root.get('locals')).find((block) => block.get(name));
  return (name !== undefined && given?.get(name)) || node;
}

/** The resources of a type in Terraform: of a configuration as JSON, and of a plan, in its modules too. */
export function terraform(root: Node, type: string): { node: Node; name: string }[] {
  const declared = listed(root.get('resource')).flatMap((group) =>
    listed(group.get(type)).flatMap((kind) =>
      kind.members.flatMap((resource) => listed(resource).map((node) => ({ node, name: String(resource.key) }))),
    ),
  );
  return [...declared, ...planned(root.get('planned_values')?.get('root_module'), type)];
}

function planned(module: Node | undefined, type: string): { node: Node; name: string }[] {
  if (!module) return [];
  const own = (module.get('resources')?.items ?? []).flatMap((resource) => {
    const node = resource.get('values');
    if (resource.get('type')?.text !== type || !node) return [];
    return [{ node, name: resource.get('address')?.text ?? resource.get('name')?.text ?? '' }];
  });
  return [...own, ...(module.get('child_modules')?.items ?? []).flatMap((child) => planned(child, type))];
}

/** Terraform writes one thing as itself or as a list of one. */
export function listed(node: Node | undefined): readonly Node[] {
  return node === undefined ? [] : node.kind === 'array' ? node.items : [node];
}

/** A definition as JSON text, from an object or a string; undefined where it is none. */
function textOf(value: Json): string | undefined {
  const text = typeof value === 'string' ? value : JSON.stringify(value, undefined, 2);
  return isPipeline(new SourceDocument(text, 'definition.json').tree.root) ? text : undefined;
}
