import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { run as drawGraph } from '../../../src/cli/graph.bundle';
import { run } from '../../../src/cli/validate.bundle';
import { rich } from '../../fixtures/rich-pipeline';

const folder = mkdtempSync(join(tmpdir(), 'validate-'));
const file = (name: string, text: string): string => {
  const path = join(folder, name);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, text);
  return path;
};
const good = file('good.pipeline.json', rich);
const bad = file(
  'sub/bad.json',
  rich.replace('"Steps.Train.ModelArtifacts.S3ModelArtifacts"', '"Steps.Trian.ModelArtifacts.S3ModelArtifacts"'),
);
const warned = file('sub/warned.json', rich.replace('"P30D"', '"P30D"').replace('"ml-team"', `"${'x'.repeat(1100)}"`));
file('sub/other.json', '{"name": "no definition"}');

let out = '';
let problems = '';
beforeAll(() => {
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    out += String(text);
    return true;
  });
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    problems += String(text);
    return true;
  });
});
beforeEach(() => {
  out = '';
  problems = '';
});
afterAll(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

describe('validate', () => {
  test('a good definition: code 0 and a line that counts', async () => {
    expect(await run([good, '--min-severity', 'warning'])).toBe(0);
    expect(out).toMatch(/^1 file: 0 errors, 0 warnings, \d+ notes?\.\n$/);
  });

  test('an error: code 1, its file, line, column, rule', async () => {
    expect(await run([bad])).toBe(1);
    expect(out).toMatch(
      /bad\.json:\d+:\d+: error: There is no step 'Trian'\. Did you mean 'Train'\? \[sm\/unknown-step-reference\]/,
    );
  });

  test('JSON has what the editor has', async () => {
    expect(await run([bad, good, '--format', 'json', '--min-severity', 'error'])).toBe(1);
    const list = JSON.parse(out) as { file: string; diagnostics: Record<string, unknown>[] }[];
    expect(list.map((entry) => entry.file)).toEqual([bad, good]);
    expect(list[0]?.diagnostics[0]).toEqual({
      rule: 'sm/unknown-step-reference',
      severity: 'error',
      message: "There is no step 'Trian'. Did you mean 'Train'?",
      range: {
        start: { line: expect.any(Number), character: expect.any(Number) },
        end: { line: expect.any(Number), character: expect.any(Number) },
      },
      pointer: '/Steps/2/Arguments/ProcessingInputs/0/S3Input/S3Uri/Get',
      fixes: ["Change to 'Train'"],
    });
    expect(list[1]?.diagnostics).toEqual([]);
  });

  test('SARIF 2.1.0', async () => {
    expect(await run([bad, '--format', 'sarif'])).toBe(1);
    const log = JSON.parse(out) as {
      version: string;
      runs: {
        tool: { driver: { rules: { id: string }[] } };
        results: { ruleId: string; ruleIndex: number; level: string; locations: unknown[] }[];
      }[];
    };
    expect(log.version).toBe('2.1.0');
    const [first] = log.runs;
    expect(first?.results.length).toBeGreaterThan(0);
    for (const result of first?.results ?? []) {
      expect(first?.tool.driver.rules[result.ruleIndex]?.id).toBe(result.ruleId);
      expect(['error', 'warning', 'note']).toContain(result.level);
      expect(result.locations).toHaveLength(1);
    }
  });

  test('annotations of GitHub', async () => {
    expect(await run([bad, '--format', 'github', '--min-severity', 'error'])).toBe(1);
    expect(out).toMatch(
      /^::error file=[^,]+bad\.json,line=\d+,endLine=\d+,col=\d+,endColumn=\d+,title=sm\/unknown-step-reference::There is no step/,
    );
  });

  test('a folder and a glob find definitions, and leave other files alone', async () => {
    expect(await run([join(folder, 'sub'), '--format', 'json'])).toBe(1);
    const names = (JSON.parse(out) as { file: string; diagnostics: unknown[] }[]).filter(
      ({ diagnostics }) => diagnostics.length > 0,
    );
    expect(names.map((entry) => entry.file.replaceAll('\\', '/').split('/').at(-1))).toEqual([
      'bad.json',
      'warned.json',
    ]);
    out = '';
    expect(await run([`${folder}/*.pipeline.json`, '--min-severity', 'error'])).toBe(0);
    expect(out).toMatch(/^1 file/);
  });

  test('a file that is not there is named, the others are checked, code 2', async () => {
    expect(await run([join(folder, 'nowhere.json'), bad])).toBe(2);
    expect(problems).toMatch(/nowhere\.json: there is no such file/);
    expect(out).toContain('unknown-step-reference');
    expect(await run([join(folder, 'nothing-*.json')])).toBe(2);
    expect(problems).toMatch(/no file matches/);
  });

  test('a text in UTF-16 is named, a byte order mark is none of the text', async () => {
    const utf16 = join(folder, 'utf16.pipeline.json');
    writeFileSync(utf16, `\uFEFF${rich}`, 'utf16le');
    expect(await run([utf16, bad])).toBe(2);
    expect(problems).toMatch(/utf16\.pipeline\.json: cannot be read \(it is UTF-16/);
    expect(out).toContain('unknown-step-reference');
    const marked = file('marked.pipeline.json', `\uFEFF${rich}`);
    expect(await run([marked, '--min-severity', 'error'])).toBe(0);
    rmSync(utf16);
    rmSync(marked);
  });

  test.each([
    ['array.json', '"{\\"Version\\": \\"2020-12-01\\", \\"Steps\\": []}"', /escaped once too often/],
    ['dict.json', "{'Version': '2020-12-01', 'PipelineExperimentConfig': None, 'Steps': []}", /json\.dumps/],
    ['empty.json', ' ', /The file is empty/],
    ['list.json', '["a"]', /Not a known definition type/],
  ])('%s was asked for and is not a definition: an error that says why, code 2', async (name, text, reason) => {
    const path = file(`not/${name}`, text);
    expect(await run([path, bad, '--format', 'json'])).toBe(2);
    const [first, second] = JSON.parse(out) as {
      diagnostics: { severity: string; message: string; pointer: string }[];
    }[];
    expect(first?.diagnostics).toMatchObject([{ rule: 'not-recognised', severity: 'error', pointer: '' }]);
    expect(first?.diagnostics[0]?.message).toMatch(reason);
    expect(second?.diagnostics.length).toBeGreaterThan(0);
    rmSync(join(folder, 'not'), { recursive: true });
  });

  test('a folder without any definition: said so, code 2', async () => {
    const path = file('none/other.json', '{}');
    expect(await run([join(path, '..')])).toBe(2);
    expect(problems).toMatch(/No definition was found there/);
    rmSync(join(folder, 'none'), { recursive: true });
  });

  test('that a file is of no known kind is said where it was asked for', async () => {
    expect(await run([join(folder, 'sub/other.json')])).toBe(2);
    expect(out).toMatch(/other\.json:1:1: error: Not a known definition type/);
    problems = '';
    expect(await run([folder, '--rule', 'sm/unknown-step-reference=off'])).toBe(0);
    expect(problems).toBe('');
  });

  test('what is graver than allowed makes code 1', async () => {
    expect(await run([warned])).toBe(0);
    expect(await run([warned, '--max-severity', 'information'])).toBe(1);
    expect(await run([bad, '--max-severity', 'error'])).toBe(0);
  });

  test('of many problems the gravest are shown, in their order, and that there are more is said', async () => {
    const many = file(
      'many/many.json',
      JSON.stringify({
        Version: '2020-12-01',
        Parameters: ['A', 'B', 'C'].map((Name) => ({ Name, Type: 'String' })),
        Steps: [{ Name: 'S', Type: 'Fail', Arguments: { ErrorMessage: { Get: 'Parameters.Zebra' } } }],
      }),
    );
    expect(await run([many, '--max-problems', '2', '--format', 'json'])).toBe(1);
    const [{ diagnostics } = { diagnostics: [] }] = JSON.parse(out) as {
      diagnostics: { severity: string; range: { start: { line: number } } }[];
    }[];
    expect(diagnostics).toHaveLength(2);
    expect(diagnostics.map(({ severity }) => severity)).toEqual(['information', 'error']);
    expect(problems).toMatch(/many\.json: \d+ more problems? not shown; --max-problems \d+ shows all/);
    expect(await run([many, '--max-problems', 'all'])).toBe(2);
    rmSync(join(folder, 'many'), { recursive: true });
  });

  test('a rule can be set', async () => {
    expect(await run([bad, '--rule', 'sm/unknown-step-reference=off'])).toBe(0);
    expect(await run([good, '--rule', 'sm/no-cache=error'])).toBe(1);
    expect(await run([good, '--rule', 'sm/nothing=error'])).toBe(2);
    expect(problems).toContain("There is no rule 'sm/nothing'");
  });

  test('wrong usage: a sentence, code 2', async () => {
    for (const args of [['--bogus'], ['--format', 'xml'], ['--max-severity', 'bad'], ['--rule', 'sm/no-cache=loud']]) {
      problems = '';
      expect(await run([good, ...args])).toBe(2);
      expect(problems).toMatch(/See: mlops-flow help validate\n$/);
    }
  });
});

describe('graph', () => {
  test.each([
    ['svg', /^<svg [\s\S]*<title>Train \(Training\)<\/title>[\s\S]*<\/svg>\n$/],
    ['mermaid', /^flowchart TD\n[\s\S]*\["Prepare the data<br\/>Processing"\][\s\S]*-->\|True\|/],
    ['dot', /^digraph pipeline \{[\s\S]*"GoodEnough" -> "Stop" \[label="False"\];[\s\S]*\}\n$/],
    ['json', /"id": "Register"/],
  ])('as %s', async (format, pattern) => {
    expect(await drawGraph([good, '--format', format])).toBe(0);
    expect(out).toMatch(pattern);
  });

  test('of what is no definition: code 2', async () => {
    expect(await drawGraph([join(folder, 'sub/other.json')])).toBe(2);
    expect(await drawGraph([join(folder, 'nowhere.json')])).toBe(2);
    expect(await drawGraph([good, '--format', 'png'])).toBe(2);
    expect(await drawGraph([])).toBe(2);
  });
});
