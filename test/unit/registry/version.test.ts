/** What the page of a model version says. */
import { expect, it } from 'vitest';
import { pageOf } from '../../../src/registry/panels/version/page';
import { versionFacts } from '../../fixtures/panels/version';

it('has the metrics of the approved version beside its own, and none where it has none', () => {
  expect(pageOf(versionFacts).metrics).toEqual([
    { name: 'accuracy', value: 0.9855, approved: 0.971 },
    { name: 'loss', value: 0.0712, approved: 0.0688 },
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
  ]);
  expect(links['run']).toBe(versionFacts.run?.arn);
});

it('stands alone where nobody knows what made it', () => {
  const { run: _, approved: __, ...rest } = versionFacts;
  const page = pageOf(rest);
  expect(page.lineage.nodes.map(({ id }) => id)).toEqual(['model']);
  expect(page.comparable).toBe(false);
  expect(page.approved).toBeUndefined();
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
