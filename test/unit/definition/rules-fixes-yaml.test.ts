/** Quick fixes in YAML: the bad example of every rule that can be written so, in the styles that people write. */
import { describe, expect, test } from 'vitest';
import { parseDocument, stringify } from 'yaml';
import { rules, validate } from '../../../src/definition';
import { exampleText } from '../../../src/definition/codepipeline/examples';
import { frames } from '../../fixtures/frames';
import { edited } from './marked';

/** A rule's bad example as data, or undefined where it is no JSON. */
function badData(id: string): unknown {
  const { frame, bad } = rules.get(id)?.example ?? { frame: '', bad: '' };
  try {
    if (id.startsWith('cp/')) return JSON.parse(exampleText(frame, bad));
    const body: unknown = JSON.parse(frames[frame]?.(bad) ?? '');
    const resource = {
      Type: 'AWS::SageMaker::Pipeline',
      Properties: { PipelineDefinition: { PipelineDefinitionBody: body } },
    };
    return { Resources: { P: resource } };
  } catch {
    return undefined;
  }
}

const styles = [{}, { indentSeq: false, indent: 4 }, { collectionStyle: 'flow' as const }];

const texts = [...rules.keys()].flatMap((id): [id: string, text: string, path: string][] => {
  const { file, bad } = rules.get(id)?.example ?? { bad: '' };
  if (file?.endsWith('.yml')) return [[id, bad, file]];
  const data = /^(sm|cp)\//.test(id) ? badData(id) : undefined;
  // A list that is very long, or text that is, shows nothing more in YAML.
  if (data === undefined || JSON.stringify(data).length > 20_000) return [];
  return styles.map((style) => [id, stringify(data, { lineWidth: 0, ...style }), `${id.slice(3)}.yaml`]);
});

const count = (text: string, path: string, rule: string): number =>
  validate(text, { path }).filter((diagnostic) => diagnostic.rule === rule).length;

describe('quick fixes in YAML', () => {
  test.each([...new Set(texts.map(([id]) => id))])('mend the bad example of %s', (id) => {
    for (const [, text, path] of texts.filter(([one]) => one === id)) {
      for (const { rule, message, fixes } of validate(text, { path })) {
        for (const fix of fixes) {
          const after = edited(text, fix.edits);
          const told = `${rule}: ${message} / ${fix.title}\n${after}`;
          expect({ told, faults: parseDocument(after, { uniqueKeys: false }).errors.map(String) }).toEqual({
            told,
            faults: [],
          });
          if (!fix.preferred) continue;
          expect({ told, left: count(after, path, rule) < count(text, path, rule) }).toEqual({ told, left: true });
        }
      }
    }
  });

  test('are there for what is missing', () => {
    const titles = texts.flatMap(([, text, path]) =>
      validate(text, { path }).flatMap(({ fixes }) => fixes.map(({ title }) => title)),
    );
    expect(new Set(titles.filter((title) => title.startsWith('Add '))).size).toBeGreaterThan(20);
  });
});
