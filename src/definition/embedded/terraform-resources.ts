/**
 * Endpoints of Terraform with what guards and scales them, and rules and schedules of EventBridge with what they start, as
 * CloudFormation would have them: one set of checks is for both. References between resources of one file are `Ref` and `Fn::GetAtt`; what else Terraform works out stays `${…}`.
 * @see https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/sagemaker_endpoint_configuration
 * @see https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/sagemaker_endpoint
 * @see https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/cloudwatch_event_target
 * @see https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/scheduler_schedule
 */
import type { SourceDocument } from '../document';
import type { Finding } from '../finding';
import {
  checkFallback,
  checkPattern,
  checkServing,
  checkStarting,
  type ReadPipeline,
  type Resource,
  Resources,
  startsNothing,
} from '../resources';
import type { Report } from '../rule';
import type { Node, Tree } from '../tree';
import { table } from '../table';
import { listed, terraform } from './definitions';
import { inTerraform } from './terraform-edits';
import { ownMembers } from './terraform-names';
import { checkText, innerText, isFilledIn } from './text';
import { type Translated, Translation } from './translation';

interface Kind {
  type: string;
  /** How CloudFormation calls members that are not called alike. */
  names: Readonly<Record<string, string | undefined>>;
  /** True for what starts others at events or times. */
  starts?: boolean;
  /** True for what is looked at only as it is started: its name is all that is taken. */
  isStarted?: boolean;
}

const pipelineParameters = 'SageMakerPipelineParameters';

const kinds = table<Kind>({
  aws_sagemaker_endpoint_configuration: {
    type: 'AWS::SageMaker::EndpointConfig',
    names: table({ name: 'EndpointConfigName', kms_key_arn: 'KmsKeyId' }),
  },
  aws_sagemaker_endpoint: { type: 'AWS::SageMaker::Endpoint', names: table({ name: 'EndpointName' }) },
  aws_cloudwatch_metric_alarm: { type: 'AWS::CloudWatch::Alarm', names: table({}) },
  aws_appautoscaling_target: { type: 'AWS::ApplicationAutoScaling::ScalableTarget', names: table({}) },
  aws_appautoscaling_policy: {
    type: 'AWS::ApplicationAutoScaling::ScalingPolicy',
    names: table({ name: 'PolicyName' }),
  },
  aws_cloudwatch_event_rule: { type: 'AWS::Events::Rule', names: table({}), starts: true },
  // Terraform's targets stand beside their rule: one whose rule is not in the file is a rule with one target.
  aws_cloudwatch_event_target: {
    type: 'AWS::Events::Rule',
    names: table({ target_id: 'Id', arn: 'Arn', sagemaker_pipeline_target: pipelineParameters }),
    starts: true,
  },
  aws_scheduler_schedule: { type: 'AWS::Scheduler::Schedule', names: table({}), starts: true },
  aws_sagemaker_pipeline: { type: 'AWS::SageMaker::Pipeline', names: table({}), isStarted: true },
  aws_codepipeline: { type: 'AWS::CodePipeline::Pipeline', names: table({}), isStarted: true },
  aws_sfn_state_machine: {
    type: 'AWS::StepFunctions::StateMachine',
    names: table({ name: 'StateMachineName' }),
    isStarted: true,
  },
  aws_codebuild_project: { type: 'AWS::CodeBuild::Project', names: table({}), isStarted: true },
});

/** Blocks that may stand several times. */
const lists = new Set([
  'production_variants',
  'shadow_production_variants',
  'alarms',
  'metric_query',
  'step_adjustment',
  'pipeline_parameter',
  'pipeline_parameter_list',
]);

/** Words whose letters are not told by where their underscores are. */
const words = table<string>({
  memory_size_in_mb: 'MemorySizeInMB',
  sagemaker_pipeline_parameters: pipelineParameters,
  pipeline_parameter: 'PipelineParameterList',
});

/** How CloudFormation calls a member of Terraform. */
function propertyOf(name: string): string {
  return words[name] ?? name.replaceAll(/(?:^|_)([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

/** Words of CloudFormation in what is said, which a writer of Terraform calls otherwise. */
const spoken = table<string>({
  BlueGreenUpdatePolicy: 'blue_green_update_policy',
  RollingUpdatePolicy: 'rolling_update_policy',
  CanarySize: 'canary_size',
  LinearStepSize: 'linear_step_size',
  MaximumBatchSize: 'maximum_batch_size',
  MinCapacity: 'min_capacity',
  MaxCapacity: 'max_capacity',
  MemorySizeInMB: 'memory_size_in_mb',
  MaxConcurrency: 'max_concurrency',
  InitialInstanceCount: 'initial_instance_count',
  InstanceType: 'instance_type',
  DataCaptureConfig: 'data_capture_config',
  AsyncInferenceConfig: 'async_inference_config',
  Statistic: 'statistic',
  ExtendedStatistic: 'extended_statistic',
  DependsOn: 'depends_on',
  FlexibleTimeWindow: 'flexible_time_window',
  MaximumWindowInMinutes: 'maximum_window_in_minutes',
  RoleArn: 'role_arn',
  Arn: 'arn',
  Input: 'input',
  InputPath: 'input_path',
  InputTransformer: 'input_transformer',
  InputPathsMap: 'input_paths',
  MaximumRetryAttempts: 'maximum_retry_attempts',
  MaximumEventAgeInSeconds: 'maximum_event_age_in_seconds',
  'Ref gives': 'This is',
  'The template': 'The file',
});
const spokenWord = new RegExp(String.raw`(?<![\w'])(?:${Object.keys(spoken).join('|')})(?!\w)`, 'g');

function saidInTerraform(text: string, all: readonly TerraformResource[]): string {
  let said = text.replaceAll(spokenWord, (word) => spoken[word] ?? word);
  for (const { resource, address } of all) {
    said = said.replaceAll(`${resource.name}.EndpointName`, `${address}.name`).replaceAll(resource.name, address);
  }
  return said;
}

/** Members by which Terraform names a resource, as `Ref` or an attribute of CloudFormation would. */
const nameAttributes = new Set(['name', 'pipeline_name', 'id', 'alarm_name', 'endpoint_config_name', 'resource_id']);

/** What CloudFormation names by an attribute; `Ref` of others is their name. */
const namedByAttribute = new Set(['aws_sagemaker_endpoint', 'aws_sagemaker_endpoint_configuration']);

/** Of the same file, how a resource is called where it is a logical name of CloudFormation. */
function logical(type: string, name: string): string {
  return `${type}_${name}`.replaceAll(/\W/g, '_');
}

/** A resource of Terraform in the words of CloudFormation. */
export interface TerraformResource extends Translated {
  resource: Resource;
  body: Node;
  /** As other resources name it: `aws_sagemaker_endpoint.churn`. */
  address: string;
}

const known = new WeakMap<Tree, readonly TerraformResource[]>();

/** The resources of a file of Terraform that are looked at, of all {@link kinds}. */
export function terraformResources(tree: Tree): readonly TerraformResource[] {
  let found = known.get(tree);
  if (!found) {
    const { root } = tree;
    const of = (type: string): { node: Node; name: string }[] => (root ? terraform(root, type) : []);
    const rules = new Set(of(ruleType).map(({ name }) => name));
    const targets = new Map<string | undefined, Node[]>();
    for (const { node } of of(targetType)) {
      const rule = ruleOf(node, tree);
      const same = targets.get(rule);
      if (same) same.push(node);
      else targets.set(rule, [node]);
    }
    found = Object.entries(kinds).flatMap(([type, kind]) =>
      of(type).flatMap(({ node, name }): TerraformResource[] => {
        // Blocks that Terraform makes are not known.
        if (!kind || node.kind !== 'object' || node.get('dynamic') || (kind.starts && isMade(node))) return [];
        const translation = new ResourceTranslation(tree);
        // It is a part of its rule.
        if (type === targetType && rules.has(ruleOf(node, tree) ?? '')) return [];
        const properties = kind.isStarted
          ? translation.names(node, kind)
          : type === targetType
            ? translation.targets(node, [node])
            : translation.properties(node, kind);
        const own = type === ruleType ? targets.get(name) : undefined;
        if (own && !own.some(isMade)) translation.targets(node, own, properties);
        const resource = { name: logical(type, name), type: kind.type, properties };
        return [{ resource, body: node, address: `${type}.${name}`, node: properties, origin: translation.origin }];
      }),
    );
    known.set(tree, found);
  }
  return found;
}

/**
 * Checks the endpoints of a file of Terraform with what guards and scales them, and what EventBridge starts. `read` reads
 * the definition in the body of a pipeline.
 */
export function checkTerraformResources(tree: Tree, read: ReadPipeline, report: Report): void {
  const all = terraformResources(tree);
  const resources = new Resources(all.map(({ resource }) => resource));
  const origins = (made: Node): Node => all.reduce((node, { origin }) => origin(node), made);
  const tell: Report = (finding) => {
    if (isWorkedOut(finding)) return;
    const { related, ...told } = inTerraform(finding, origins);
    // A plan does not have what is known only when it is carried out.
    if (told.mark === 'opening' && told.node.path[0] === 'planned_values') return;
    report({
      ...told,
      message: saidInTerraform(told.message, all),
      ...(related ? { related: related.map((one) => ({ ...one, message: saidInTerraform(one.message, all) })) } : {}),
    });
  };
  for (const { resource, body } of all) {
    checkServing(resource, resources, (finding) => {
      // An update by Terraform has no RetainAllVariantProperties to set.
      if (finding.rule !== 'cfn/scaling-lost') tell(finding);
    });
    checkFallback(resource, resources, tell);
    checkStarting(resource, resources, (properties) => read(origins(properties)), tell);
    const pattern = resource.type === 'AWS::Events::Rule' ? body.get('event_pattern') : undefined;
    if (pattern?.text !== undefined) {
      const tells = startsNothing(resource.properties, resources);
      checkText(innerText(tree, pattern), (inner) => patternFindings(inner, tells)).forEach(report);
    }
  }
}

/** What is wrong with a pattern in a string; what Terraform fills in is left alone. */
function patternFindings({ tree }: SourceDocument, tells: boolean): Finding[] {
  const findings: Finding[] = [];
  checkPattern(tree.root, (finding) => findings.push(finding), tells);
  return findings.filter(({ node }) => !isFilledIn(tree, node));
}

const ruleType = 'aws_cloudwatch_event_rule';
const targetType = 'aws_cloudwatch_event_target';

/** True for a resource with blocks that Terraform makes. */
function isMade(body: Node): boolean {
  let isFound = false;
  body.each(({ key }) => (isFound ||= key === 'dynamic'));
  return isFound;
}

/** The rule of a target, as it is called in the file, where it is named by a reference. */
function ruleOf(target: Node, tree: Tree): string | undefined {
  const rule = target.get('rule');
  const written = rule && tree.source(rule).replaceAll(/^"?\$\{|\}"?$/g, '');
  return /^aws_cloudwatch_event_rule\.([\w-]+)(?:\[[^\]]*\])?\.(?:name|id)$/.exec(written ?? '')?.[1];
}

/** True for what is told of a value that only Terraform knows. */
function isWorkedOut({ node, mark }: Finding): boolean {
  return mark === undefined && node.text?.includes('${') === true && !/variant\/[^$]*$/.test(node.text);
}

class ResourceTranslation extends Translation {
  constructor(private readonly tree: Tree) {
    super();
  }

  /** The members of a resource by which others name it. */
  names(body: Node, { names }: Kind): Node {
    const made = this.made('object', body);
    for (const name of ['name', 'pipeline_name']) {
      const member = body.get(name);
      if (member) this.add(made, this.scalar(member), names[name] ?? propertyOf(name));
    }
    return made;
  }

  /** The targets of a rule, which Terraform writes as resources beside it; in `made` where that is there. */
  targets(body: Node, all: readonly Node[], made = this.made('object', body)): Node {
    const list = this.made('array', body);
    for (const target of all) {
      const one = this.made('object', target);
      for (const member of target.members) {
        const name = String(member.key);
        if (member.kind === 'null' || (ownMembers.has(name) && name !== 'arn')) continue;
        this.add(one, this.value(member), kinds[targetType]?.names[name] ?? propertyOf(name));
      }
      this.add(list, one, list.children.length);
    }
    this.add(made, list, 'Targets');
    return made;
  }

  properties(body: Node, { names }: Kind): Node {
    const made = this.made('object', body);
    for (const member of body.members) {
      const name = String(member.key);
      if (member.kind === 'null' || ownMembers.has(name)) continue;
      const value = this.value(member);
      const isTarget = name === 'resource_id' && value.get('Ref') !== undefined;
      this.add(made, value, isTarget ? 'ScalingTargetId' : (names[name] ?? propertyOf(name)));
    }
    return made;
  }

  private value(node: Node): Node {
    const name = String(node.key);
    if (name === 'dimensions') return this.dimensions(node);
    if (name === 'event_pattern') return this.pattern(node);
    if (name === 'input_paths') return this.asNamed(node);
    if (lists.has(name)) {
      const list = this.made('array', node);
      for (const block of listed(node)) this.add(list, this.block(block), list.children.length);
      return list;
    }
    const [first] = node.items;
    // A block that may stand once.
    if (first?.kind === 'object' && node.items.length === 1) return this.block(first);
    if (node.kind === 'object') return this.block(node);
    if (node.kind !== 'array') return this.scalar(node);
    const list = this.made('array', node);
    for (const item of node.items) this.add(list, this.scalar(item), list.children.length);
    return list;
  }

  /** Members whose names are the writer's own. */
  private asNamed(node: Node): Node {
    if (node.kind !== 'object') return this.scalar(node);
    const made = this.made('object', node);
    for (const member of node.members) this.add(made, this.scalar(member), String(member.key));
    return made;
  }

  private block(node: Node): Node {
    if (node.kind !== 'object') return this.scalar(node);
    const made = this.made('object', node);
    for (const member of node.members) {
      if (member.kind !== 'null') this.add(made, this.value(member), propertyOf(String(member.key)));
    }
    return made;
  }

  /** A pattern, whose members are called as events call them. */
  private pattern(node: Node): Node {
    if (node.children.length === 0) return this.scalar(node);
    const made = this.made(node.kind, node);
    for (const child of node.children) this.add(made, this.pattern(child), child.key ?? '');
    return made;
  }

  /** Terraform writes the dimensions of an alarm as one object. */
  private dimensions(node: Node): Node {
    if (node.kind !== 'object') return this.copy(node);
    const list = this.made('array', node);
    for (const member of node.members) {
      const dimension = this.made('object', member);
      // Both stand in one place; what is looked for there is the value.
      this.add(dimension, this.scalar(member), 'Value');
      this.add(dimension, this.made('string', member, String(member.key)), 'Name');
      this.add(list, dimension, list.children.length);
    }
    return list;
  }

  /** A literal, or what another resource is referred to by. */
  private scalar(node: Node): Node {
    if (node.text === undefined) return this.copy(node);
    const source = this.tree.source(node);
    const expression = source.startsWith('"') ? /^\$\{(.*)\}$/.exec(node.text)?.[1] : source;
    const whole = reference(expression ?? '');
    if (whole) {
      const made = this.made('object', node);
      const byAttribute = whole.isName && namedByAttribute.has(whole.type);
      const value = byAttribute ? `${whole.logical}.Name` : whole.logical;
      this.add(made, this.made('string', node, value), byAttribute ? 'Fn::GetAtt' : 'Ref');
      return made;
    }
    const text = node.text.replaceAll(/\$\{([^}]*)\}/g, (written, inner: string) => {
      const part = reference(inner);
      return part ? `\${${part.logical}${part.isName ? '.Name' : ''}}` : written;
    });
    return this.made('string', node, text);
  }
}

/** The resource of this file's kinds that an expression names. */
function reference(expression: string): { type: string; logical: string; isName: boolean } | undefined {
  const [, type = '', name = '', attribute = ''] =
    /^(aws_\w+)\.([\w-]+)(?:\[[^\]]*\])?\.(\w+)$/.exec(expression.trim()) ?? [];
  return kinds[type] ? { type, logical: logical(type, name), isName: nameAttributes.has(attribute) } : undefined;
}
