/** Editing features inside definitions that are strings of a template, in every way a string can be written. */
import { describe, expect, it } from 'vitest';
import { Scalar, stringify } from 'yaml';
import { type Diagnostic, validate } from '../../../../src/definition';
import type { Range } from '../../../../src/definition/diagnostic';
import { SourceDocument } from '../../../../src/definition/document';
import { featuresOf } from '../../../../src/definition/features';
import { definitionsAt, referencesAt, renamableAt, renameAt } from '../../../../src/definition/features/entities';
import type { Completion } from '../../../../src/definition/features/results';
import { edited } from '../marked';

/** Stands in a definition where the cursor is; the usual bar has a meaning in YAML. */
const mark = '§';

const definition = (reference: string): string => `{
  "Version": "2020-12-01",
  "Parameters": [{"Name": "Input", "Type": "String", "DefaultValue": "s3://bucket/it's"}],
  "Steps": [
    {
      "Name": "Prepare",
      "Type": "Lambda",
      "FunctionArn": "arn:aws:lambda:eu-west-1:111122223333:function:f",
      "OutputParameters": [{"OutputName": "rows", "OutputType": "Integer"}],
      "Arguments": {"path": "C:\\\\data", "text": "a \\"word\\" \\u00e9"}
    },
    {"Name": "Stop", "Type": "Fail", "Arguments": {"ErrorMessage": {"Get": "${reference}"}}}
  ]
}`;

const resource = (body: unknown): unknown => ({
  Resources: {
    P: { Type: 'AWS::SageMaker::Pipeline', Properties: { PipelineDefinition: { PipelineDefinitionBody: body } } },
  },
});

function yaml(type: Scalar.Type, text: string, lineWidth = 0): string {
  const scalar = new Scalar(text);
  scalar.type = type;
  return stringify(resource(scalar), { lineWidth, doubleQuotedMinMultiLineLength: 20 });
}

const json = (body: unknown): string => JSON.stringify(resource(body), undefined, 2);

interface Way {
  path: string;
  write: (text: string) => string;
}

const ways: Readonly<Record<string, Way>> = {
  'a string of JSON': { path: 'template.json', write: json },
  'a string of JSON on one line': {
    path: 'template.json',
    write: (text) => json(text.replaceAll(/\n\s*/g, '')),
  },
  'a substituted string of JSON': { path: 'template.json', write: (text) => json({ 'Fn::Sub': text }) },
  'a substituted string with variables': {
    path: 'template.json',
    write: (text) => json({ 'Fn::Sub': [text, { A: 'b' }] }),
  },
  'Terraform as JSON': {
    path: 'main.tf.json',
    write: (text) => JSON.stringify({ resource: { aws_sagemaker_pipeline: { p: { pipeline_definition: text } } } }),
  },
  'a literal block': { path: 't.yml', write: (text) => yaml('BLOCK_LITERAL', text) },
  'a substituted literal block': {
    path: 't.yml',
    write: (text) => yaml('BLOCK_LITERAL', text).replace('Body: |', 'Body: !Sub |'),
  },
  'a literal block with carriage returns': {
    path: 't.yml',
    write: (text) => yaml('BLOCK_LITERAL', text).replaceAll('\n', '\r\n'),
  },
  'a folded block': { path: 't.yml', write: (text) => yaml('BLOCK_FOLDED', text) },
  'a folded block with short lines': {
    path: 't.yml',
    write: (text) => yaml('BLOCK_FOLDED', text.replaceAll(/\n\s*/g, ' '), 60),
  },
  'double quotes': { path: 't.yml', write: (text) => yaml('QUOTE_DOUBLE', text) },
  'double quotes on several lines': { path: 't.yml', write: (text) => yaml('QUOTE_DOUBLE', text, 60) },
  'single quotes': { path: 't.yml', write: (text) => yaml('QUOTE_SINGLE', text.replaceAll(/\n\s*/g, ' '), 60) },
};

const features = featuresOf('cloudformation');

/** The template of a definition with a cursor in it. */
function open({ path, write }: Way, marked: string): { document: SourceDocument; text: string; offset: number } {
  const withMark = write(marked);
  const offset = withMark.indexOf(mark);
  if (offset < 0 || withMark.includes(mark, offset + 1)) throw new Error(`Write one ${mark}.`);
  const text = withMark.replace(mark, '');
  return { document: new SourceDocument(text, path), text, offset };
}

async function complete(way: Way, marked: string): Promise<{ text: string; offset: number; list: Completion[] }> {
  const { document, text, offset } = open(way, marked);
  return { text, offset, list: (await features?.complete?.(document, offset)) ?? [] };
}

function written(text: string, { start, end }: Range): string {
  const lines = text.split('\n');
  if (start.line !== end.line)
    return `${lines[start.line]?.slice(start.character)}…${lines[end.line]?.slice(0, end.character)}`;
  return (lines[start.line] ?? '').slice(start.character, end.character);
}

/** The body as the reader of the template sees it. */
function bodyOf(text: string, path: string): string {
  const { root } = new SourceDocument(text, path).tree;
  for (const node of root?.walk() ?? []) if (node.text?.includes('"Steps"')) return node.text;
  throw new Error('There is no definition in it.');
}

/** A snippet without its placeholders, as it is inserted. */
const inserted = ({ edit, snippet }: Completion): Completion['edit'] =>
  snippet
    ? {
        ...edit,
        newText: edit.newText.replaceAll(/\$\{\d+:((?:\\.|[^}])*)\}|\$0/g, '$1').replaceAll(/\\([\\$}])/g, '$1'),
      }
    : edit;

const good = "Steps.Prepare.OutputParameters['rows']";

describe.each(Object.entries(ways))('a definition in %s', (_name, way) => {
  it('is read as it is', () => {
    const text = way.write(definition(good));
    expect(validate(text, { path: way.path }).filter(({ severity }) => severity === 'error')).toEqual([]);
  });

  it('completes the steps of a reference', async () => {
    const { text, offset, list } = await complete(way, definition(`Steps.Pre${mark}`));
    expect(list.map(({ label }) => label)).toEqual(['Prepare']);
    const [first] = list;
    expect(first && written(text, first.edit.range)).toBe('Pre');
    const after = edited(text, first ? [first.edit] : []);
    expect(after).toBe(`${text.slice(0, offset - 3)}Prepare.${text.slice(offset)}`);
  });

  it('completes the keys of an output', async () => {
    const { list } = await complete(way, definition(`Steps.Prepare.OutputParameters['${mark}']`));
    expect(list.map(({ label }) => label)).toEqual(['rows']);
  });

  it('completes members with their value, written as the string wants it', async () => {
    const marked = definition(good).replace('{"Name": "Stop",', `{${mark} "Name": "Stop",`);
    const { text, list } = await complete(way, marked);
    const member = list.find(({ label }) => label === 'DependsOn');
    const after = edited(text, member ? [inserted(member)] : []);
    expect(bodyOf(after, way.path)).toContain('{"DependsOn": [], "Name": "Stop"');
  });

  it('completes whole steps, which stay JSON', async () => {
    const marked = definition(good).replace('{"Name": "Stop"', `${mark},{"Name": "Stop"`);
    const { text, offset, list } = await complete(way, marked);
    const step = list.find(({ label }) => label === 'Fail');
    expect(step?.snippet).toBe(true);
    expect(step && new SourceDocument(text, way.path).tree.lines.offset(step.edit.range.start)).toBe(offset);
    // The editor gives each line of a snippet the indentation of the line it begins in.
    const line = text.slice(text.lastIndexOf('\n', offset - 1) + 1);
    const edit = step && inserted(step);
    const newText = edit?.newText.replaceAll('\n', `\n${/^ */.exec(line)?.[0]}`) ?? '';
    const after = edited(text, edit ? [{ ...edit, newText }] : []);
    const { Steps: steps } = JSON.parse(bodyOf(after, way.path)) as { Steps: { Name: string }[] };
    expect(steps.map((one) => one.Name)).toEqual(['Prepare', 'Fail', 'Stop']);
  });

  it('tells what a reference resolves to', async () => {
    const { document, text, offset } = open(way, definition(`Steps.Pre${mark}pare.OutputParameters['rows']`));
    const hover = await features?.hover?.(document, offset);
    expect(hover?.text).toContain('Step **Prepare** (Lambda)');
    expect(hover && written(text, hover.range).replaceAll(/\\|''/g, "'")).toContain('Prepare');
  });

  it('leads to a declaration and finds references', () => {
    const { document, text, offset } = open(way, definition(`Steps.Pre${mark}pare.OutputParameters['rows']`));
    const entities = features?.entities?.(document) ?? [];
    expect(definitionsAt(document.tree, entities, offset).map((range) => written(text, range))).toEqual(['Prepare']);
    const [declared] = definitionsAt(document.tree, entities, offset);
    expect(declared && document.tree.lines.offset(declared.start)).toBe(text.indexOf('Prepare'));
    expect(referencesAt(document.tree, entities, offset, true).map((range) => written(text, range))).toEqual([
      'Prepare',
      'Prepare',
    ]);
  });

  it('renames wherever a name stands', () => {
    const { document, text, offset } = open(way, definition(good).replace('"Prepare"', `"Pre${mark}pare"`));
    const entities = features?.entities?.(document) ?? [];
    expect(renamableAt(document.tree, entities, offset)?.name).toBe('Prepare');
    const edits = renameAt(document.tree, entities, offset, 'Read');
    const after = edited(text, typeof edits === 'string' ? [] : edits);
    expect(after).toBe(text.replaceAll('Prepare', 'Read'));
  });

  it('shows the type of a reference', () => {
    const text = way.write(definition(good));
    const document = new SourceDocument(text, way.path);
    const [hint, ...more] = features?.hints?.(document, 0, text.length) ?? [];
    expect(more).toEqual([]);
    expect(hint?.label).toBe(': Integer');
    const at = hint && document.tree.lines.offset(hint.position);
    expect(text.slice(0, at)).toMatch(/rows'{1,2}\]\\?"$/);
  });

  it('is outlined, selected and drawn', () => {
    const { document, text, offset } = open(way, definition(`Steps.Pre${mark}pare.OutputParameters['rows']`));
    const flat = (entries: ReturnType<NonNullable<NonNullable<typeof features>['symbols']>>): typeof entries =>
      entries.flatMap((entry) => [entry, ...flat(entry.children)]);
    const steps = flat(features?.symbols?.(document) ?? []).filter(({ kind }) => kind === 'step');
    expect(steps.map(({ name }) => name)).toEqual(['Prepare', 'Stop']);
    expect(steps.map(({ selection }) => written(text, selection).replaceAll(/[\\"]/g, ''))).toEqual([
      'Prepare',
      'Stop',
    ]);
    const [inner] = features?.selections?.(document, offset) ?? [];
    expect(inner && written(text, inner)).toMatch(/^Steps\.Prepare\.OutputParameters\['{1,2}rows'{1,2}\]$/);
    const node = features?.graph?.(document)?.nodes[1];
    expect(node?.id).toBe('Stop');
    expect(text.slice(node?.start, node?.end)).toMatch(/^\{[^{]*Stop[^]*\}$/);
  });

  it('has its error at the very word, and the fix mends it', () => {
    const text = way.write(definition("Steps.Prepaer.OutputParameters['rows']"));
    const errors = (of: string): Diagnostic[] =>
      validate(of, { path: way.path }).filter(({ severity }) => severity === 'error');
    const [error, ...more] = errors(text);
    expect(more).toEqual([]);
    expect(error && written(text, error.range)).toBe('Prepaer');
    const after = edited(text, error?.fixes[0]?.edits ?? []);
    expect(after).toBe(text.replace('Prepaer', 'Prepare'));
  });

  it('gets a member that is missing, and stays readable', () => {
    const text = way.write(
      definition(good).replace('"Arguments": {"ErrorMessage": {"Get"', '"Args": {"ErrorMessage": {"Get"'),
    );
    const missing = validate(text, { path: way.path }).find(({ rule }) => rule === 'sm/step-missing-arguments');
    const after = edited(text, missing?.fixes[0]?.edits ?? []);
    const { Steps: steps } = JSON.parse(bodyOf(after, way.path)) as { Steps: object[] };
    expect(steps[1]).toHaveProperty('Arguments');
  });
});

describe('a definition in a string', () => {
  const block = ways['a literal block'];

  it('folds where it stands on several lines', () => {
    const text = block?.write(definition(good)) ?? '';
    const found = features?.folds?.(new SourceDocument(text, 't.yml')) ?? [];
    const lines = text.split('\n');
    expect(found.map(({ startLine, endLine }) => [lines[startLine]?.trim(), lines[endLine + 1]?.trim()])).toEqual([
      ['{', '}'],
      ['"Steps": [', ']'],
      ['{', '},'],
    ]);
    expect(features?.folds?.(new SourceDocument(json(definition(good)), 't.json'))).toEqual([]);
  });

  it('leads to the console', () => {
    const text = json(definition(good));
    const links = features?.links?.(new SourceDocument(text, 't.json')) ?? [];
    expect(links.map((link) => [written(text, link.range), link.target])).toEqual([
      ["s3://bucket/it's", expect.stringContaining('/s3/buckets/bucket?prefix=')],
    ]);
  });

  it('is left alone where its characters cannot be placed', async () => {
    const text = `Resources:\n  P:\n    Type: AWS::SageMaker::Pipeline\n    Properties:\n      PipelineDefinition:\n        PipelineDefinitionBody: '{"Steps": [{"Name": "A", "Type": "Fail"`;
    expect(await features?.complete?.(new SourceDocument(text, 't.yml'), text.length - 2)).toEqual([]);
  });
});
