/** What values of a template come to, as far as the template says it. */
import { type Json, valueOf } from '../sagemaker/runnable';
import type { Node, Tree } from '../tree';
import { isOpen, standIn, standInFor, word } from './stand-in';

export type Members = { [name: string]: Json };

/** The account that values of a deployment are worked out for. */
export interface Place {
  region: string;
  account: string;
  /** The ARN of the role that stands for the roles of a template; absent: roles and names that a deployment gives stay open. */
  role?: string;
}

/** Conditions within conditions are followed so far. */
const maxConditions = 20;

/** Resources whose `Ref` is a name, and the property that gives it. */
const namedBy: Readonly<Record<string, string>> = {
  'AWS::S3::Bucket': 'BucketName',
  'AWS::CodeBuild::Project': 'Name',
  'AWS::CodePipeline::Pipeline': 'Name',
};

/** The values in a template, with what its functions come to. */
export class Values {
  constructor(
    private readonly tree: Tree,
    protected readonly place: Place,
    private readonly isTemplate: boolean,
  ) {}

  of(node: Node): Json {
    return this.isTemplate ? this.resolved(valueOf(node)) : valueOf(node);
  }

  private resolved(written: Json): Json {
    const value = this.chosen(written);
    if (Array.isArray(value)) {
      return value.flatMap((one) => (isNoValue(this.chosen(one)) ? [] : [this.resolved(one)]));
    }
    if (value === null || typeof value !== 'object') return value;
    const [[name, argument] = ['', null], ...others] = Object.entries(value);
    if (others.length === 0 && (name === 'Ref' || name.startsWith('Fn::'))) return this.called(name, argument);
    return Object.fromEntries(
      Object.entries(value).flatMap(([key, member]) =>
        isNoValue(this.chosen(member)) ? [] : [[key, this.resolved(member)]],
      ),
    );
  }

  /** What `Fn::If` leads to; where the template does not say, what it leads to while its condition holds. */
  private chosen(value: Json): Json {
    const choice = isMembers(value) ? value['Fn::If'] : undefined;
    if (!Array.isArray(choice)) return value;
    const [condition, first = null, second = null] = choice;
    const rules = this.tree.root?.get('Conditions');
    const rule = typeof condition === 'string' ? rules?.get(condition) : undefined;
    return this.chosen(rule && this.holds(valueOf(rule), maxConditions) === false ? second : first);
  }

  /** Whether a condition holds; undefined where only a deployment tells. */
  private holds(condition: Json, left: number): boolean | undefined {
    if (!isMembers(condition) || left === 0) return undefined;
    const [[name, argument] = ['', null]] = Object.entries(condition);
    if (name === 'Condition' && typeof argument === 'string') {
      const rule = this.tree.root?.get('Conditions')?.get(argument);
      return rule && this.holds(valueOf(rule), left - 1);
    }
    if (!Array.isArray(argument)) return undefined;
    if (name === 'Fn::Equals') {
      const [a = '', b = ''] = argument.map((one) => asText(this.resolved(one)));
      return isOpen(a) || isOpen(b) ? undefined : a === b;
    }
    const parts = argument.map((one) => this.holds(one, left - 1));
    if (name === 'Fn::Not') return parts[0] === undefined ? undefined : !parts[0];
    const decides = name === 'Fn::Or';
    if (!decides && name !== 'Fn::And') return undefined;
    if (parts.includes(decides)) return decides;
    return parts.includes(undefined) ? undefined : !decides;
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
      return this.substituted(asText(text ?? ''), isMembers(given) ? given : {});
    }
    if (name === 'Fn::ImportValue') return standInFor(asText(this.resolved(argument)).replaceAll(standIn, ''));
    if (Array.isArray(argument)) {
      const found = this.looked(
        name,
        argument.map((one) => this.resolved(one)),
      );
      if (found !== undefined) return found;
    }
    return `${standIn}${name.replace('Fn::', '')}`;
  }

  /** What functions of lists and mappings come to; undefined where only a deployment tells. */
  private looked(name: string, [first = null, second = null, third = null]: Json[]): Json | undefined {
    if (name === 'Fn::Select' && Array.isArray(second)) return second[Number(first)];
    if (name === 'Fn::Split' && typeof second === 'string' && !isOpen(second)) return second.split(asText(first));
    if (name !== 'Fn::FindInMap') return undefined;
    const found = this.tree.root?.get('Mappings')?.get(asText(first))?.get(asText(second))?.get(asText(third));
    return found && this.of(found);
  }

  private substituted(text: string, given: Members): string {
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
    const isRole = given !== undefined && role !== undefined && /role/i.test(name);
    if (value && !(role !== undefined && /arn/i.test(name) && isPlaceholder(value.text, isRole))) return valueOf(value);
    if (isRole) return role;
    const resource = this.tree.root?.get('Resources')?.get(name);
    const type = resource?.get('Type')?.text;
    const own = type === undefined ? undefined : namedBy[type];
    if (own !== undefined) {
      const written = resource?.get('Properties')?.get(own);
      if (written) return this.of(written);
      // A bucket without a name of its own is only there to be written to.
      if (role !== undefined) return type === 'AWS::S3::Bucket' ? `sagemaker-${region}-${account}` : name;
    }
    return standInFor(name);
  }

  private attribute(resource: string, attribute: string): Json {
    const type = this.tree.root?.get('Resources')?.get(resource)?.get('Type')?.text;
    const { role } = this.place;
    if (type === 'AWS::IAM::Role' && attribute === 'Arn' && role !== undefined) return role;
    if (type === 'AWS::S3::Bucket' && attribute === 'Arn') return `arn:aws:s3:::${asText(this.ref(resource))}`;
    return `${standIn}${word(resource)}-${word(attribute)}`;
  }
}

/** The values in a configuration of Terraform: what an expression stands for is told by the words in it, or its member. */
export class TerraformValues extends Values {
  override of(node: Node): Json {
    return this.filled(super.of(node), '');
  }

  /** What an expression in a template comes to, of the values that fill its blanks. */
  inTemplate(expression: string, blanks: Node | undefined): Json {
    const given = blanks?.get(expression);
    return given ? this.filled(this.of(given), expression) : this.standsFor(expression, expression);
  }

  private filled(value: Json, key: string): Json {
    if (Array.isArray(value)) return value.map((one) => this.filled(one, key));
    if (isMembers(value)) {
      return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, this.filled(member, name)]));
    }
    if (typeof value !== 'string') return value;
    return value.replaceAll(/\$\{([^{}]*)\}/g, (_, expression: string) => this.standsFor(expression, key));
  }

  private standsFor(expression: string, key: string): string {
    const { region, account, role } = this.place;
    const isNamed = !/\bworked_out\b/.test(expression);
    // The name of the value tells what it is, else that of the member that it is for.
    for (const words of isNamed ? [expression, key] : [key]) {
      if (/account/i.test(words)) return account;
      if (/bucket/i.test(words)) return `sagemaker-${region}-${account}`;
      if (role !== undefined && /role/i.test(words)) return role;
      if (/region/i.test(words)) return region;
    }
    return `${standIn}${word(isNamed ? expression : key).replaceAll(/^-+|-+$/g, '')}`;
  }
}

/** True for what stands where an ARN is to be given: a word to be replaced, an account of no digits. */
function isPlaceholder(text: string | undefined, isRole: boolean): boolean {
  if (!text?.startsWith('arn:')) return isRole;
  const account = text.split(':')[4];
  return account !== undefined && account !== '' && !/^(\d{12}|aws)$/.test(account);
}

/** A text as it is, anything else as JSON; what is not there as `null`. */
export function asText(value: Json | undefined): string {
  return typeof value === 'string' ? value : JSON.stringify(value ?? null);
}

/** True for what leaves a property out. */
function isNoValue(value: Json): boolean {
  return isMembers(value) && value['Ref'] === 'AWS::NoValue';
}

export function isMembers(value: Json | undefined): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
