/**
 * The SageMaker definitions in a text, each as text of its own: a text that is one, a request or answer of the AWS
 * command line, a template of CloudFormation (JSON or YAML, as the CDK synthesises it), Terraform and the plan
 * that `terraform show -json` prints. What only a deployment works out is worked out where the template says enough, and
 * is a stand-in else.
 */
import { SourceDocument } from '../document';
import { isPipeline } from '../sagemaker/model';
import { type Json, valueOf } from '../sagemaker/runnable';
import type { Node, Tree } from '../tree';

/** A definition and where it stands. */
export interface HeldDefinition {
  /** The pipeline's name, where it is written; undefined for a definition by itself. */
  name?: string;
  /** What holds it: the name of the resource; undefined where the text is the definition itself. */
  resource?: string;
  /** The line of the resource, from 0. */
  line: number;
  /** The definition as JSON. */
  definition: string;
}

/** The account that values of a deployment are worked out for. */
export interface Place {
  region: string;
  account: string;
  /** The ARN of the role that stands for the roles of a template. */
  role: string;
}

/** What every text with a definition in it has; a look at the characters alone. */
const signs = /AWS::SageMaker::Pipeline\b|aws_sagemaker_pipeline|"PipelineDefinition"|"Steps"\s*:\s*\[/;

/** False where a text surely holds no definition. */
export function mayHold(text: string): boolean {
  return signs.test(text);
}

/** All definitions in a text. @param path its path, whose ending tells the syntax */
export function definitionsIn(text: string, path: string, place: Place): HeldDefinition[] {
  if (!mayHold(text)) return [];
  const { tree } = new SourceDocument(text, path);
  const { root } = tree;
  if (root?.kind !== 'object') return [];
  if (isPipeline(root)) return [{ line: 0, definition: text }];
  const lineOf = (node: Node): number => tree.lines.position(node.start).line;
  const found: HeldDefinition[] = [];
  const add = (node: Node | undefined, resource: string, named: Node | undefined, values: Values): void => {
    const definition = node && textOf(values.of(node));
    if (definition === undefined) return;
    const name = named && values.of(named);
    found.push({
      ...(typeof name === 'string' && !name.includes(standIn) ? { name } : {}),
      resource,
      line: lineOf(node?.parent ?? root),
      definition,
    });
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
  for (const { node, name } of terraform(root))
    add(node.get('pipeline_definition'), name, node.get('pipeline_name'), configuration);
  return found;
}

/** The pipelines of Terraform: of a configuration as JSON, and of a plan, in its modules too. */
export function terraform(root: Node): { node: Node; name: string }[] {
  const declared = listed(root.get('resource')).flatMap((group) =>
    listed(group.get('aws_sagemaker_pipeline')).flatMap((kind) =>
      kind.members.flatMap((resource) => listed(resource).map((node) => ({ node, name: String(resource.key) }))),
    ),
  );
  return [...declared, ...planned(root.get('planned_values')?.get('root_module'))];
}

function planned(module: Node | undefined): { node: Node; name: string }[] {
  if (!module) return [];
  const own = (module.get('resources')?.items ?? []).flatMap((resource) => {
    const node = resource.get('values');
    if (resource.get('type')?.text !== 'aws_sagemaker_pipeline' || !node) return [];
    return [{ node, name: resource.get('address')?.text ?? resource.get('name')?.text ?? '' }];
  });
  return [...own, ...(module.get('child_modules')?.items ?? []).flatMap(planned)];
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

/** The beginning of what stands for a value that nobody knows before a deployment. */
const standIn = 'stand-in-for-';

/** The values in a template, with what its functions come to. */
class Values {
  constructor(
    private readonly tree: Tree,
    protected readonly place: Place,
    private readonly isTemplate: boolean,
  ) {}

  of(node: Node): Json {
    return this.isTemplate ? this.resolved(valueOf(node)) : valueOf(node);
  }

  private resolved(value: Json): Json {
    if (Array.isArray(value)) return value.map((one) => this.resolved(one));
    if (value === null || typeof value !== 'object') return value;
    const [[name, argument] = ['', null], ...others] = Object.entries(value);
    if (others.length === 0 && (name === 'Ref' || name.startsWith('Fn::'))) return this.called(name, argument);
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, this.resolved(member)]));
  }

  private called(name: string, argument: Json): Json {
    if (name === 'Ref' && typeof argument === 'string') return this.ref(argument);
    if (name === 'Fn::GetAtt') {
      const [resource = '', attribute = ''] = Array.isArray(argument)
        ? argument.map(asText)
        : asText(argument).split(/\.(.*)/);
      return this.attribute(resource, attribute);
    }
    if (name === 'Fn::Join' && Array.isArray(argument) && Array.isArray(argument[1])) {
      return argument[1].map((part) => asText(this.resolved(part))).join(asText(argument[0] ?? ''));
    }
    if (name === 'Fn::Sub') {
      const [text, given] = Array.isArray(argument) ? argument : [argument, {}];
      return this.substituted(asText(text ?? ''), isObject(given) ? given : {});
    }
    return `${standIn}${name.replace('Fn::', '')}`;
  }

  private substituted(text: string, given: { [name: string]: Json }): string {
    return text.replaceAll(/\$\{(!?)([^}]*)\}/g, (_, literal: string, name: string) => {
      if (literal !== '') return `\${${name}}`;
      if (Object.hasOwn(given, name)) return asText(this.resolved(given[name] ?? null));
      const [resource = '', attribute] = name.split(/\.(.*)/);
      return asText(attribute === undefined ? this.ref(name) : this.attribute(resource, attribute));
    });
  }

  private ref(name: string): Json {
    const { region, account, role } = this.place;
    const pseudo: Readonly<Record<string, string>> = {
      'AWS::Region': region,
      'AWS::AccountId': account,
      'AWS::Partition': 'aws',
      'AWS::URLSuffix': 'amazonaws.com',
    };
    const known = pseudo[name];
    if (known !== undefined) return known;
    const given = this.tree.root?.get('Parameters')?.get(name);
    const value = given?.get('Default');
    if (value) return valueOf(value);
    if (given && /role/i.test(name)) return role;
    const resource = this.tree.root?.get('Resources')?.get(name);
    if (resource?.get('Type')?.text === 'AWS::S3::Bucket') {
      const bucket = resource.get('Properties')?.get('BucketName');
      // A bucket without a name of its own is only there to be written to.
      return bucket ? this.of(bucket) : `sagemaker-${region}-${account}`;
    }
    return `${standIn}${word(name)}`;
  }

  private attribute(resource: string, attribute: string): Json {
    const type = this.tree.root?.get('Resources')?.get(resource)?.get('Type')?.text;
    if (type === 'AWS::IAM::Role' && attribute === 'Arn') return this.place.role;
    if (type === 'AWS::S3::Bucket' && attribute === 'Arn') return `arn:aws:s3:::${asText(this.ref(resource))}`;
    return `${standIn}${word(resource)}-${word(attribute)}`;
  }
}

/** The values in a configuration of Terraform: what an expression stands for is told by the words in it, or its member. */
class TerraformValues extends Values {
  override of(node: Node): Json {
    return this.filled(super.of(node), '');
  }

  private filled(value: Json, key: string): Json {
    if (Array.isArray(value)) return value.map((one) => this.filled(one, key));
    if (isObject(value)) {
      return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, this.filled(member, name)]));
    }
    if (typeof value !== 'string') return value;
    return value.replaceAll(/\$\{([^{}]*)\}/g, (_, expression: string) => this.standsFor(expression, key));
  }

  private standsFor(expression: string, key: string): string {
    const { region, account, role } = this.place;
    const words = /\bworked_out\b/.test(expression) ? key : expression;
    if (/account/i.test(words)) return account;
    if (/bucket/i.test(words)) return `sagemaker-${region}-${account}`;
    if (/role/i.test(words)) return role;
    if (/region/i.test(words)) return region;
    return `${standIn}${word(words).replaceAll(/^-+|-+$/g, '')}`;
  }
}

function word(text: string): string {
  return text.replaceAll(/\W+/g, '-');
}

function asText(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function isObject(value: Json | undefined): value is { [name: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
