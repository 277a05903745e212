/** JSONata: expressions that can be parsed, and what they may name where they stand. */
import { nearest, oneOf } from '../../near';
import type { Report, Rule } from '../../rule';
import type { Node } from '../../tree';
import { expressionIn, functions, readExpression, type Reading } from '../expressions/jsonata';
import type { State } from '../model';
import { type ExpressionPlace, expressionPlaces } from '../places';
import { Variables } from '../scopes';
import { hasPlaceholder, isFilledIn } from '../values';
import { membersOf, tellResult } from './results';
import { type Check, done, guide, jsonata, machine, rule } from './tools';
import { tellLate, tellUnknown } from './variables';

const pass = (expression: string): string =>
  jsonata(`"Begin": {"Type": "Pass", "Output": "${expression}", "Next": "Done"}, ${done}`);

export const jsonataRules: readonly Rule[] = [
  rule(
    'jsonata-syntax',
    'error',
    'A JSONata expression that cannot be read',
    'An expression is between `{%` and `%}`, and the whole text is one expression. The service parses it when the machine is created.',
    pass('{% 1 + %}'),
    pass('{% 1 + 2 %}'),
    guide('transforming-data'),
  ),
  rule(
    'jsonata-reference',
    'error',
    'A name in JSONata that has nothing to be looked up in',
    'An expression has no current item: `name`, `$` and `$$` at its top mean nothing, and the service refuses them. The input of the state is `$states.input`, a variable is `$name`.',
    pass('{% phone %}'),
    pass('{% $states.input.phone %}'),
    guide('transforming-data'),
  ),
  rule(
    'unknown-states-member',
    'error',
    'A part of $states that is not there',
    '`$states.input` and `$states.context` are everywhere. `$states.result` is there in the Output and Assign of a Task, Parallel or Map state, `$states.errorOutput` in the Output and Assign of a catcher; the service refuses them elsewhere.',
    pass('{% $states.errorOutput.Cause %}'),
    pass('{% $states.input.Cause %}'),
    guide('transforming-data'),
  ),
  rule(
    'jsonata-function',
    'error',
    'A function of JSONata that Step Functions does not have',
    '`$eval` is not available; `$parse` reads JSON text. Functions with your own names are assigned in the expression: `($double := function($x) { $x * 2 }; $double(2))`.',
    pass('{% $eval($states.input.text) %}'),
    pass('{% $parse($states.input.text) %}'),
    guide('transforming-data'),
  ),
  rule(
    'expression-as-text',
    'warning',
    'An expression that is not evaluated',
    'In a JSONata state a path such as `$.name` is passed on as it is written, and so is an expression `{% … %}` with blanks around it. In a JSONPath state every expression is.',
    machine(`"Begin": {"Type": "Pass", "Parameters": {"name": "{% $states.input.name %}"}, "Next": "Done"}, ${done}`),
    machine(`"Begin": {"Type": "Pass", "Parameters": {"name.$": "$.name"}, "Next": "Done"}, ${done}`),
    guide('transforming-data'),
  ),
];

export const checkJsonata: Check = (machineModel, report) => {
  let variables: Variables | undefined;
  return (state) => {
    if (state.language === 'JSONPath') {
      checkJsonPathState(state, report);
      return;
    }
    for (const place of expressionPlaces(state)) {
      const text = place.node.text ?? '';
      const inside = checkForm(place.node, text, report);
      if (!inside) continue;
      const reading = readExpression(inside.expression);
      if (!reading || hasPlaceholder(text)) continue;
      if ('fault' in reading) {
        const from = Math.min(inside.offset + reading.at, text.length - 3);
        report({
          rule: 'asl/jsonata-syntax',
          node: place.node,
          mark: { from, to: from + 1 },
          message: `The expression cannot be read. ${reading.fault}`,
        });
        continue;
      }
      variables ??= new Variables(machineModel);
      checkReading(reading, inside.offset, place, state, variables, report);
    }
  };
};

/** What an expression must look like from outside; answers the expression. */
function checkForm(node: Node, text: string, report: Report): ReturnType<typeof expressionIn> {
  const inside = expressionIn(text);
  if (inside) return inside;
  // Most texts are no expressions and have no sign of one.
  if (!/[{$%]/.test(text) && node.key !== 'Condition') return undefined;
  if (isFilledIn(node)) return undefined;
  const begins = /^\s*\{%/.test(text);
  const ends = /%\}\s*$/.test(text);
  if (begins || ends) {
    const isText = begins && ends;
    report({
      // With blanks around it the service takes it for a plain text.
      rule: isText ? 'asl/expression-as-text' : 'asl/jsonata-syntax',
      node,
      message: isText
        ? 'The text is passed on as it is: an expression has no blanks before {% and after %}.'
        : begins
          ? "The expression is not closed: '%}' is missing at its end."
          : "The expression is not opened: '{%' is missing at its beginning.",
      fixes: (edit) => [
        isText
          ? edit.fix('Remove the blanks', [edit.value(node, text.trim())], true)
          : begins
            ? edit.fix("Add '%}'", [edit.value(node, `${text.replace(/\s*%?\s*$/, '')} %}`)], true)
            : edit.fix("Add '{%'", [edit.value(node, `{% ${text.trimStart()}`)], true),
      ],
    });
  } else if (node.key === 'Condition' && node.parent?.parent?.key === 'Choices') {
    report({
      rule: 'asl/jsonata-syntax',
      node,
      message: 'A condition is true, false or an expression between {% and %}.',
      fixes: (edit) => [edit.fix("Put it between '{%' and '%}'", [edit.value(node, `{% ${text} %}`)], true)],
    });
  } else if (/^\$\$?[.[]\w/.test(text)) {
    tellText(node, text, 'JSONata', report);
  }
  return undefined;
}

const keepsPaths = /path|variable|expression|query|definition|filter|template|comment|description/i;

function tellText(node: Node, text: string, language: State['language'], report: Report): void {
  for (let one: Node | undefined = node; one && one.key !== 'States'; one = one.parent) {
    if (typeof one.key === 'string' && keepsPaths.test(one.key)) return;
  }
  const asExpression = text.startsWith('$.') ? `{% $states.input${text.slice(1)} %}` : undefined;
  report({
    rule: 'asl/expression-as-text',
    node,
    message:
      language === 'JSONata'
        ? `The text '${text.slice(0, 60)}' is passed on as it is. In JSONata the input is read by {% $states.input… %}.`
        : 'The text is passed on as it is: this state is in JSONPath, which has no expressions {% … %}.',
    fixes: (edit) => [
      language === 'JSONata' && asExpression && /^\$[\w.]+$/.test(text)
        ? edit.fix(`Change to '${asExpression}'`, [edit.value(node, asExpression)], true)
        : undefined,
    ],
  });
}

/** Members of a JSONPath state in which an expression may have been meant. */
const meant = new Set([
  'Parameters',
  'ResultSelector',
  'ItemSelector',
  'Assign',
  'Seconds',
  'Timestamp',
  'Error',
  'Cause',
]);

function checkJsonPathState({ node: root, language }: State, report: Report): void {
  for (const member of root.members) {
    if (!meant.has(String(member.key))) continue;
    member.each((node) => {
      if (node.text !== undefined && expressionIn(node.text)) tellText(node, node.text, language, report);
    });
  }
}

function checkReading(
  reading: Reading,
  offset: number,
  { node, result, errorOutput }: ExpressionPlace,
  state: State,
  variables: Variables,
  report: Report,
): void {
  for (const { name, from, to } of reading.contextual) {
    const known = name.startsWith('$') ? undefined : variables.find(name, state.scope) && `$${name}`;
    const start = offset + from;
    report({
      rule: 'asl/jsonata-reference',
      node,
      mark: { from: start, to: offset + to },
      message: `'${name}' has nothing to be looked up in. Write $states.input${name.startsWith('$') ? '' : `.${name}`}${known ? `, or ${known} for the variable` : ''}.`,
      fixes: (edit) => [
        known ? edit.fix(`Change to '${known}'`, [edit.part(node, start, offset + to, known)], true) : undefined,
        edit.fix(
          `Change to '$states.input${name.startsWith('$') ? '' : `.${name}`}'`,
          [edit.part(node, start, offset + to, `$states.input${name.startsWith('$') ? '' : `.${name}`}`)],
          !known,
        ),
      ],
    });
  }
  const there = ['input', 'context', ...(result ? ['result'] : []), ...(errorOutput ? ['errorOutput'] : [])];
  for (const { name, from, to, member } of reading.states) {
    if (there.includes(name)) {
      const members = name === 'result' && member ? membersOf(state) : undefined;
      if (members && member) {
        tellResult({ name: member.name, node, from: offset + member.from, to: offset + member.to }, members, report);
      }
      continue;
    }
    const near = nearest(name, there);
    const elsewhere = name === 'result' || name === 'errorOutput';
    report({
      rule: 'asl/unknown-states-member',
      node,
      mark: { from: offset + from, to: offset + to },
      message: elsewhere
        ? `$states.${name} is not there: ${name === 'result' ? 'only the Output and Assign of a Task, Parallel or Map state have it' : 'only the Output and Assign of a catcher have it'}.`
        : `$states has no '${name}'. It has ${oneOf(there)} here.`,
      fixes: (edit) => [
        near && !elsewhere
          ? edit.fix(`Change to '${near}'`, [edit.part(node, offset + from, offset + to, near)], true)
          : undefined,
      ],
    });
  }
  for (const { name, from, to, called } of reading.variables) {
    if (name === 'states' || (functions.has(name) && name !== 'eval')) continue;
    if (variables.find(name, state.scope)) {
      const use = { name, node, from: offset + from, to: offset + to };
      if (variables.isLate(name, state)) tellLate(use, state, variables, report);
      continue;
    }
    if (name === 'eval') {
      report({
        rule: 'asl/jsonata-function',
        node,
        mark: { from: offset + from - 1, to: offset + to },
        message: '$eval is not available in Step Functions. $parse reads JSON text.',
        fixes: (edit) => [edit.fix("Change to '$parse'", [edit.part(node, offset + from, offset + to, 'parse')])],
      });
      continue;
    }
    const near = called ? nearest(name, functions) : undefined;
    if (near) {
      report({
        rule: 'asl/unknown-variable',
        node,
        mark: { from: offset + from - 1, to: offset + to },
        message: `There is no function '$${name}'. Did you mean '$${near}'?`,
        fixes: (edit) => [edit.fix(`Change to '$${near}'`, [edit.part(node, offset + from, offset + to, near)], true)],
      });
    } else tellUnknown({ name, node, from: offset + from, to: offset + to }, state.scope, variables, report);
  }
}
