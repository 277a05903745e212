/** Values that reach a place by a parameter's default or by Std:Join: checked as if they were written there. */
import { type Finding, lighter } from '../../finding';
import type { Report, Rule } from '../../rule';
import type { Node, Tree } from '../../tree';
import { Notes, type Parameter, type Pipeline, type Unit } from '../model';
import { checkLiteral, type Expectation, expectations } from './arguments';
import { reportS3, shorten } from './patterns';

/** What was found in a unit, as long as the parameters stay as they are: they stand in a list that is read anew where they change. */
const known = new Notes<{ parameters: Node | undefined; findings: readonly Finding[] }>();

/** Reports what is wrong with defaults and allowed values where parameters are used, and with texts that are joined. */
export function checkDefaults(pipeline: Pipeline, report: Report): void {
  const parameters = pipeline.root.get('Parameters');
  const seen: Seen = new Map();
  const told = new Set<string>();
  for (const unit of pipeline.units) {
    let found = known.of(unit);
    if (!found || found.parameters !== parameters) {
      found = { parameters, findings: findingsOf(unit, pipeline, seen) };
      known.keep(unit, found);
    }
    for (const finding of found.findings) {
      // Each fault of a value is told once, at its first use.
      const key = `${finding.rule} ${finding.node.start}`;
      if (told.has(key)) continue;
      told.add(key);
      report(finding);
    }
  }
}

/** What is known of a parameter by the reference to it: most references and the places of most are alike. */
type Seen = Map<string, Used>;

interface Used {
  /** Undefined where the reference is to something else. */
  parameter: Parameter | undefined;
  /** The faults of its values by the shape of the place where it is used, and by the place's name. */
  faults: Map<Expectation['shape'], { place: string; findings: readonly Finding[] }[]>;
}

function findingsOf(unit: Unit, pipeline: Pipeline, seen: Seen): readonly Finding[] {
  let findings: Finding[] | undefined;
  for (const expectation of expectations(unit)) {
    const { node } = expectation;
    const used = usedBy(node, pipeline, seen);
    if (used?.parameter) {
      for (const finding of faultsOf(used.parameter, expectation, used.faults)) {
        (findings ??= []).push({
          ...finding,
          related: [{ node, message: `Used here as ${expectation.place}.` }],
        });
      }
    } else if (node.get('Std:Join')) {
      const finding = joinFault(expectation, pipeline);
      if (finding) (findings ??= []).push(finding);
    }
  }
  return findings ?? none;
}

const none: readonly Finding[] = [];
const parameterRoot = 'Parameters.';

/** What is known of the parameter that a reference is to; undefined for a node that is none to a parameter. */
function usedBy(node: Node, pipeline: Pipeline, seen: Seen): Used | undefined {
  const text = node.get('Get')?.text;
  if (!text?.startsWith(parameterRoot)) return undefined;
  let used = seen.get(text);
  if (!used) {
    used = { parameter: parameterAt(text, pipeline), faults: new Map() };
    seen.set(text, used);
  }
  return used;
}

/** The parameter that a reference is to as a whole. */
function parameterAt(text: string | undefined, { parametersByName }: Pipeline): Parameter | undefined {
  if (!text?.startsWith(parameterRoot)) return undefined;
  const name = text.slice(parameterRoot.length);
  const [parameter] = parametersByName.get(name) ?? [];
  return parameter && !/[.[\]]/.test(name) ? parameter : undefined;
}

/** A run may be given another value, so nothing here is more than a warning. */
function faultsOf(parameter: Parameter, { shape, place }: Expectation, all: Used['faults']): readonly Finding[] {
  let ofShape = all.get(shape);
  if (!ofShape) {
    ofShape = [];
    all.set(shape, ofShape);
  }
  // Asked for each reference in a definition: a loop makes no closures.
  for (const before of ofShape) if (before.place === place) return before.findings;
  const { node, defaultNode } = parameter;
  const findings: Finding[] = [];
  for (const value of [defaultNode, ...(node.get('EnumValues')?.items ?? [])]) {
    // What is of another type is told at the use; what is empty stands for a value to be given.
    if (!value || value.kind !== shape.kind || value.text?.trim() === '') continue;
    checkLiteral(value, shape, place, (finding) => {
      findings.push({ ...finding, atMost: lighter(finding.atMost ?? 'warning', 'warning') });
    });
  }
  ofShape.push({ place, findings });
  return findings;
}

/** A text that is put together: as far as it is known, it must begin as an address does where one is wanted. */
function joinFault({ node, shape, place }: Expectation, pipeline: Pipeline): Finding | undefined {
  if (shape.kind !== 'string' || !shape.limit?.pattern?.source.includes('(https|s3)')) return undefined;
  const { known, whole } = joined(node.get('Std:Join'), pipeline);
  if (/^(https|s3):\/\//.test(known)) return undefined;
  if (known.trim() === '' || (!whole && known.length < 'https://'.length)) return undefined;
  if (known.includes('{') || known.includes('<')) return undefined;
  const message = `${place} becomes '${shorten(known)}${whole ? '' : '…'}', which is not an address in S3. It begins with s3://<bucket>.`;
  let fault: Finding | undefined;
  reportS3(node, known, (finding) => {
    const { fixes: _, ...rest } = finding;
    fault = { ...rest, atMost: 'warning', message };
  });
  return fault;
}

/** The beginning of a joined text as far as literals and defaults tell it, and whether that is all of it. */
function joined(join: Node | undefined, pipeline: Pipeline): { known: string; whole: boolean } {
  const on = join?.get('On')?.text ?? '';
  let known = '';
  let between = '';
  for (const part of join?.get('Values')?.items ?? []) {
    const value =
      part.kind === 'object' ? parameterAt(part.get('Get')?.text, pipeline)?.defaultNode?.value : part.value;
    if (value === undefined || value === null || value === '') return { known, whole: false };
    known += between + String(value);
    between = on;
  }
  return { known, whole: true };
}

const leaked = [
  // What str() and repr() make of the SDK's variables, functions and properties.
  /\b(?:Parameter(?:String|Integer|Float|Boolean)|ExecutionVariable|JsonGet|Join)\((?:name|step_name|on)=/,
  /<[\w.]+ object at 0x[0-9a-fA-F]+>/,
  /\{'(?:Get|Std:Join|Std:JsonGet)': /,
];
/** What one of them has; looked for in the whole text first. Each begins with a character that is rare in JSON. */
const signs = ["'Get'", "'Std:", '<', '(name=', '(step_name=', '(on='];

/** The leaked texts of a step, which is read anew where it changes. */
const leaks = new Notes<readonly Finding[]>();

/** Texts into which a variable of the SDK was written instead of its value. */
export function checkLeaks({ root, tree, units }: Pipeline, report: Report): void {
  let next = 0;
  for (const member of root.children) {
    for (const part of member.key === 'Steps' ? member.children : [member]) {
      const unit = units[next]?.top.node === part ? units[next++] : undefined;
      const found = unit ? (leaks.of(unit) ?? leaks.keep(unit, leaksIn(part, tree))) : leaksIn(part, tree);
      for (const finding of found) report(finding);
    }
  }
}

function leaksIn(part: Node, tree: Tree): readonly Finding[] {
  const source = tree.source(part);
  if (!signs.some((sign) => source.includes(sign))) return none;
  const findings: Finding[] = [];
  part.each((node) => {
    const { text = '' } = node;
    const match = leaked.map((pattern) => pattern.exec(text)).find((found) => found !== null);
    if (!match) return;
    findings.push({
      rule: 'sm/leaked-variable',
      node,
      message: `'${shorten(text.slice(match.index))}' is the text of a pipeline variable, not its value. Pass the variable itself, or put the text together with Join.`,
    });
  });
  return findings;
}

const fail = (message: string): string => `{"Name": "Stop", "Type": "Fail", "Arguments": {"ErrorMessage": ${message}}}`;

export const defaultRules: readonly Rule[] = [
  {
    id: 'sm/leaked-variable',
    level: 'warning',
    title: "The text of a variable of the Python SDK in a variable's place",
    explanation:
      'In Python, `f"{variable}"` and `str(variable)` write the name and type of a pipeline variable into the text, since its value is known only when the pipeline runs. Pass the variable itself, or join texts with `Join(on="/", values=[…])`.',
    example: {
      frame: 'step',
      bad: fail(`"ParameterString(name='Message', default_value='x')"`),
      good: fail('{"Get": "Parameters.Message"}'),
    },
  },
];
