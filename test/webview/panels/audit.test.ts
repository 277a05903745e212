/** The page of an audit trail. */
import { expect, test } from 'vitest';
import { auditPanel } from '../../../src/audit/panels/audit/contract';
import { audit, auditDenied, auditTrail } from '../../fixtures/panels/audit';
import { all, find, openPanel, textOf, type } from '../support';

const open = () =>
  openPanel(auditPanel, () => import('../../../webview/panels/audit/index'), {
    connection: 'local',
    kind: 'pipeline',
    name: 'penguins',
  });

test('says who did what, with the commit and the release, and how far that goes', async () => {
  const panel = await open();
  await panel.send(...auditTrail);
  expect(all('tbody tr').map(textOf)).toEqual([
    expect.stringMatching(/ana@example.com.*Started run first.*4f2a91c0.*Ana.*Train longer.*1\.2\.0/),
    expect.stringMatching(/ben.*Stopped run.*AccessDenied/),
    expect.stringMatching(/Committed: Train longer/),
  ]);
  expect(textOf(find('.audit-standing'))).toMatch(/412 events of CloudTrail on team.*Nothing is missing since/);
  panel.posted.length = 0;
  find('.audit-standing .link').click();
  find('tbody tr .link').click();
  find('tbody tr td:last-child .link').click();
  expect(panel.posted).toEqual([{ type: 'more' }, { type: 'open', id: '1' }, { type: 'record', id: '1' }]);
});

test('is filtered by words, which come back with the page', async () => {
  const panel = await open();
  await panel.send(...auditTrail);
  type(find('#audit-filter'), 'BEN');
  expect(all('tbody tr').map(textOf)).toEqual([expect.stringContaining('Stopped run')]);
  type(find('#audit-filter'), 'nobody');
  expect(textOf(find('.audit-scroller'))).toBe('No row has the words of the filter.');
  expect(panel.saved()?.view).toEqual({ filter: 'nobody' });
});

test('says what is missing to read CloudTrail, and still shows the commits', async () => {
  const panel = await open();
  await panel.send(...auditDenied);
  expect(textOf(find('[role=alert]'))).toContain('cloudtrail:LookupEvents');
  expect(all('tbody tr')).toHaveLength(1);
  panel.posted.length = 0;
  find('[role=alert] .link').click();
  expect(panel.posted).toEqual([{ type: 'next' }]);
});

test('can be cancelled while it is read, and says when nothing was done', async () => {
  const panel = await open();
  await panel.send({ type: 'trail', trail: { ...audit, state: 'reading', rows: [] } });
  expect(textOf(find('.audit-scroller'))).toBe('Nothing was found yet.');
  panel.posted.length = 0;
  find('.audit-standing .link').click();
  expect(panel.posted).toEqual([{ type: 'cancel' }]);
  await panel.send({ type: 'trail', trail: { ...audit, state: 'read', rows: [] } });
  expect(textOf(find('.audit-scroller'))).toBe('Nothing was done in 30 days.');
  expect(textOf(find('.audit-standing'))).toContain('CloudTrail keeps 90 days');
});
