/** The output for code scanning, against the published schema of its format. */
import schema from '@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json';
import Ajv from 'ajv-draft-04';
import addFormats from 'ajv-formats';
import { describe, expect, it } from 'vitest';
import { type Checked, reporters } from '../../../src/cli/report';
import { rules, validate } from '../../../src/definition';
import { frames } from '../../fixtures/frames';

// One of the schema's patterns is none under the rules for Unicode.
const ajv = addFormats(new Ajv({ strict: false, allErrors: true, unicodeRegExp: false }));
const check = ajv.compile(schema);

/** Problems of the output in the schema's words. */
function faults(checked: readonly Checked[]): string[] {
  check(JSON.parse(reporters['sarif']?.(checked, rules) ?? ''));
  return (check.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

/** What is found in the bad example of every rule, each rule switched on. */
const everything = [...rules.values()].map(({ id, example }): Checked => {
  const file = example.file ?? `${id.replace('/', '-')}.json`;
  const text = frames[example.frame]?.(example.bad) ?? example.bad;
  return { file, diagnostics: validate(text, { path: file, levels: { '*': 'error' } }) };
});

describe('SARIF', () => {
  it('is as the schema says, with what every rule finds', () => {
    expect(everything.flatMap(({ diagnostics }) => diagnostics).length).toBeGreaterThan(100);
    expect(faults(everything)).toEqual([]);
  });

  it('is as the schema says with no file, nothing found, and paths of every kind', () => {
    const first = everything.find(({ diagnostics }) => diagnostics.length > 0);
    const { diagnostics } = first ?? { diagnostics: [] };
    const names = ['a b.json', 'C:\\work\\é.json', '/data/100%.json', '../x#y?.json', 'ü/[a].json', 'a:b.json'];
    expect(faults([])).toEqual([]);
    expect(faults([{ file: 'a.json', diagnostics: [] }])).toEqual([]);
    expect(faults(names.map((file) => ({ file, diagnostics })))).toEqual([]);
  });

  it('names each file by an address that leads back to it', () => {
    const first = everything.find(({ diagnostics }) => diagnostics.length > 0);
    const diagnostics = first?.diagnostics.slice(0, 1) ?? [];
    const names = ['a b.json', '100%.json', 'x#y?.json', 'a:b.json', 'dir/[a].json'];
    const log = JSON.parse(
      reporters['sarif']?.(
        names.map((file) => ({ file, diagnostics })),
        rules,
      ) ?? '',
    ) as { runs: { results: { locations: { physicalLocation: { artifactLocation: { uri: string } } }[] }[] }[] };
    const addresses = log.runs[0]?.results.map((one) => one.locations[0]?.physicalLocation.artifactLocation.uri ?? '');
    const paths = addresses?.map((uri) => decodeURIComponent(new URL(uri, 'file:///base/').pathname));
    expect(paths).toEqual(names.map((name) => `/base/${name}`));
  });

  it('would be told apart from what is none', () => {
    expect(check({ version: '2.1.0', runs: [{ results: [] }] })).toBe(false);
    expect(check({ version: '2.1.0', runs: [{ tool: { driver: { name: 'x' } }, results: [{ level: 'bad' }] }] })).toBe(
      false,
    );
  });
});
