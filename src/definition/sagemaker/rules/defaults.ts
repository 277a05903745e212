/** Values that reach a place by a parameter's default or by Std:Join: checked as if they were written there. */
import { lighter } from '../../finding';
import type { Report, Rule } from '../../rule';
import type { Node } from '../../tree';
import type { Parameter, Pipeline } from '../model';
import { checkLiteral, type Expectation, expectations } from './arguments';
import { reportS3, shorten } from './patterns';

/** Reports what is wrong with defaults and allowed values where parameters are used, and with texts that are joined. */
export function checkDefaults(pipeline: Pipeline, report: Report): void {
  const told = new Set<string>();
  for (const unit of pipeline.units) {
    for (const expectation of expectations(unit)) {
      const { node } = expectation;
      const parameter = parameterOf(node, pipeline);
      if (parameter) checkUse(parameter, expectation, told, report);
      else if (node.get('Std:Join')) checkJoin(expectation, pipeline, report);
    }
  }
}

/** The parameter that a function gives the value of. */
function parameterOf(node: Node, { parametersByName }: Pipeline): Parameter | undefined {
  const name = /^Parameters\.([^.[\]]+)$/.exec(node.get('Get')?.text ?? '')?.[1];
  return name === undefined ? undefined : parametersByName.get(name)?.[0];
}

/** A run may be given another value, so nothing here is more than a warning; each fault of a value is told once. */
function checkUse({ node, defaultNode }: Parameter, use: Expectation, told: Set<string>, report: Report): void {
  const { shape, place } = use;
  for (const value of [defaultNode, ...(node.get('EnumValues')?.items ?? [])]) {
    // What is of another type is told at the use; what is empty stands for a value to be given.
    if (!value || value.kind !== shape.kind || value.text?.trim() === '') continue;
    checkLiteral(value, shape, place, (finding) => {
      const key = `${finding.rule} ${value.start}`;
      if (told.has(key)) return;
      told.add(key);
      report({
        ...finding,
        atMost: lighter(finding.atMost ?? 'warning', 'warning'),
        related: [{ node: use.node, message: `Used here as ${place}.` }],
      });
    });
  }
}

/** A text that is put together: as far as it is known, it must begin as an address does where one is wanted. */
function checkJoin({ node, shape, place }: Expectation, pipeline: Pipeline, report: Report): void {
  if (shape.kind !== 'string' || !shape.limit?.pattern?.source.includes('(https|s3)')) return;
  const { known, whole } = joined(node.get('Std:Join'), pipeline);
  if (known.trim() === '' || (!whole && known.length < 'https://'.length)) return;
  if (/^(https|s3):\/\//.test(known) || known.includes('{') || known.includes('<')) return;
  reportS3(node, known, (finding) => {
    const { fixes: _, ...rest } = finding;
    report({
      ...rest,
      atMost: 'warning',
      message: `${place} becomes '${shorten(known)}${whole ? '' : '…'}', which is not an address in S3. It begins with s3://<bucket>.`,
    });
  });
}

/** The beginning of a joined text as far as literals and defaults tell it, and whether that is all of it. */
function joined(join: Node | undefined, pipeline: Pipeline): { known: string; whole: boolean } {
  const on = join?.get('On')?.text ?? '';
  let known = '';
  for (const [index, part] of (join?.get('Values')?.items ?? []).entries()) {
    const value = part.kind === 'object' ? parameterOf(part, pipeline)?.defaultNode?.value : part.value;
    if (value === undefined || value === null || value === '') return { known, whole: false };
    known += `${index === 0 ? '' : on}${String(value)}`;
  }
  return { known, whole: true };
}

const leaked = [
  // What str() and repr() make of the SDK's variables, functions and properties.
  /\b(?:Parameter(?:String|Integer|Float|Boolean)|ExecutionVariable|JsonGet|Join)\((?:name|step_name|on)=/,
  /<[\w.]+ object at 0x[0-9a-fA-F]+>/,
  /\{'(?:Get|Std:Join|Std:JsonGet)': /,
];
/** What one of them has; looked for in the whole text first. */
const signs = ["{'Get'", "{'Std:", ' object at 0x', '(name=', '(step_name=', '(on='];

/** Texts into which a variable of the SDK was written instead of its value. */
export function checkLeaks({ root, tree }: Pipeline, report: Report): void {
  if (!signs.some((sign) => tree.text.includes(sign))) return;
  for (const node of root.walk()) {
    const { text = '' } = node;
    const match = leaked.map((pattern) => pattern.exec(text)).find((found) => found !== null);
    if (!match) continue;
    report({
      rule: 'sm/leaked-variable',
      node,
      message: `'${shorten(text.slice(match.index))}' is the text of a pipeline variable, not its value. Pass the variable itself, or put the text together with Join.`,
    });
  }
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
