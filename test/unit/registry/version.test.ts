/** What the page of a model version says. */
import { expect, it } from 'vitest';
import { judgeVersion } from '../../../src/gitflow/lifecycle';
import { cardMarkdown, cardProblem, cardSections, newCard } from '../../../src/registry/card';
import { differences } from '../../../src/registry/compare';
import { pageOf } from '../../../src/registry/panels/version/page';
import { versionFacts } from '../../fixtures/panels/version';

it('has the metrics of the approved version beside its own, and none where it has none', () => {
  expect(pageOf(versionFacts).metrics).toEqual([
    { name: 'accuracy', value: 0.9855, other: 0.971 },
    { name: 'loss', value: 0.0712, other: 0.0688 },
    { name: 'per_class.Adelie.recall', value: 1 },
  ]);
});

it('leads from data and commit over the run to the version', () => {
  const { lineage, links } = pageOf(versionFacts);
  expect(lineage.edges.map(({ from, to }) => `${from} > ${to}`)).toEqual([
    'data CodeUri > run',
    'data InputDataUri > run',
    'commit > run',
    'run > model',
    'model > endpoint penguins-test',
    'arn:aws:sagemaker:eu-central-1:000000000000:action/penguins-approval > model',
  ]);
  expect(links['endpoint penguins-test']).toBe('endpoint/penguins-test');
  expect(links['run']).toBe(versionFacts.run?.arn);
});

it('stands alone where nobody knows what made it', () => {
  const { run: _, beside: __, lineage: ___, ...rest } = versionFacts;
  const page = pageOf({ ...rest, endpoints: [] });
  expect(page.lineage.nodes.map(({ id }) => id)).toEqual(['model']);
  expect(page.comparable).toBe(false);
  expect(page.other).toBeUndefined();
});

it('tells who decided, when and why, after it was decided', () => {
  const decided = {
    ...versionFacts,
    described: {
      ...versionFacts.described,
      ModelApprovalStatus: 'Rejected' as const,
      ApprovalDescription: 'Worse on Gentoo',
      LastModifiedTime: new Date(5000),
      LastModifiedBy: { UserProfileName: 'ada' },
    },
  };
  expect(pageOf(decided).events).toContainEqual({ text: 'Rejected by ada', at: 5000, comment: 'Worse on Gentoo' });
  expect(pageOf(versionFacts).events.map(({ text }) => text)).toEqual(['Registered', 'Released as 1.2.0']);
});

it('names what differs from another version, and nothing that is the same', () => {
  const names = pageOf(versionFacts).other?.differences.map(({ part, name }) => `${part} ${name}`);
  expect(names).toEqual(
    expect.arrayContaining(['Parameters LearningRate', 'Data CodeUri', 'Code Commit', 'Container Artifact']),
  );
  for (const same of ['Parameters Epochs', 'Data InputDataUri', 'Container Image']) expect(names).not.toContain(same);
  const { run, described } = versionFacts;
  expect(differences({ described, ...(run ? { run } : {}) }, { described, ...(run ? { run } : {}) })).toEqual([]);
});

it('a card is read as facts and as Markdown; what the service would not take is refused', () => {
  const content =
    '{"model_overview":{"model_creator":"Ada","model_owner":""},"training_details":{"metrics":[{"name":"loss","value":0.1}]}}';
  expect(cardSections(content)).toEqual([
    { title: 'Model overview', rows: [{ label: 'Model creator', value: 'Ada' }] },
    {
      title: 'Training details',
      rows: [
        { label: 'Metrics › 1 › Name', value: 'loss' },
        { label: 'Metrics › 1 › Value', value: '0.1' },
      ],
    },
  ]);
  expect(cardMarkdown('penguins version 3', content)).toContain('## Model overview\n\n- **Model creator:** Ada\n');
  expect(cardSections('not a card')).toEqual([]);
  expect(cardProblem(content)).toBeUndefined();
  expect(cardProblem('{')).toContain('not valid JSON');
  expect(cardProblem('[]')).toBe('A model card is a JSON object.');
  expect(cardProblem(JSON.stringify({ a: 'x'.repeat(100_001) }))).toContain('100,000');
  expect(cardProblem(newCard('Species of penguins'))).toBeUndefined();
});

const gates = { metrics: new Map([['accuracy', { min: 0.95 }]]), model: { group: 'penguins' } };
const judged = {
  arn: versionFacts.arn,
  group: 'penguins',
  version: 3,
  approval: 'Approved',
  measuredBy: 'Run first',
  metrics: { accuracy: 0.94 },
};

it('gates of a release are judged for one version: its approval and its metrics', () => {
  expect(judgeVersion(gates, judged).map(({ state, evidence }) => `${state}: ${evidence}`)).toEqual([
    'passed: penguins version 3 is approved.',
    'failed: accuracy is 0.94.',
  ]);
  expect(judgeVersion(gates, { ...judged, metrics: {} })[1]?.evidence).toContain('Run first has no metric accuracy');
  expect(judgeVersion(gates, { ...judged, group: 'seals' }).map(({ id }) => id)).toEqual(['metric:accuracy']);
  expect(judgeVersion({}, judged)).toEqual([]);
});
