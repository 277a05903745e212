import { expect, test } from 'vitest';
import { previewPanel } from '../../../src/authoring/panels/preview/contract';
import { brokenPreview, preview } from '../../fixtures/panels/preview';
import { penguinGraph } from '../../fixtures/panels/run-graph';
import { all, find, openPanel, textOf } from '../support';

const open = () =>
  openPanel(previewPanel, () => import('../../../webview/panels/preview/index'), {
    uri: 'file:///penguins.pipeline.json',
  });

test('problems stand on their steps, in words and in the head', async () => {
  const panel = await open();
  await panel.send(...preview);
  expect(find('[data-id=Evaluate]').getAttribute('aria-label')).toBe(
    'Evaluate, Processing, 1 error. There is no step “Trian”. Did you mean “Train”?',
  );
  expect(find('[data-id=RegisterModel]').getAttribute('aria-label')).toContain('no problems');
  find('button', '1 error, 2 warnings').click();
  expect(panel.posted.at(-1)).toEqual({ type: 'showProblems' });
  await panel.send({ type: 'problems', problems: [] });
  expect(find('[data-id=Evaluate]').getAttribute('aria-label')).toContain('no problems');
});

test('selection goes both ways, a double click goes to the text', async () => {
  const panel = await open();
  await panel.send(...preview);
  expect(find('[data-id=Evaluate]').getAttribute('aria-selected')).toBe('true');
  expect(panel.posted.filter(({ type }) => type === 'select')).toEqual([]);
  find('[data-id=Train]').dispatchEvent(new MouseEvent('click', { bubbles: true }));
  expect(panel.posted.at(-1)).toEqual({ type: 'select', step: 'Train' });
  find('[data-id=Train]').dispatchEvent(new MouseEvent('dblclick', { bubbles: true }));
  expect(panel.posted.at(-1)).toEqual({ type: 'reveal', step: 'Train' });
});

test('while the text has errors the last layout stays, and says so', async () => {
  const panel = await open();
  await panel.send(...preview);
  const train = find('[data-id=Train]');
  await panel.send(...brokenPreview);
  expect(textOf(find('.banner'))).toContain('the last valid layout. Line 42: a comma is missing.');
  expect(find('[data-id=Train]')).toBe(train);
  await panel.send(...preview);
  expect(all('.banner')).toEqual([]);
});

test('a renamed label is drawn anew without a new layout', async () => {
  const panel = await open();
  await panel.send(...preview);
  const place = find('[data-id=CheckAccuracy]').style.transform;
  const graph = structuredClone(penguinGraph);
  for (const node of graph.nodes) if (node.id === 'CheckAccuracy') node.type = 'Lambda';
  await panel.send({ type: 'graph', file: 'penguins.pipeline.json', graph, problems: [] });
  expect(find('[data-id=CheckAccuracy]').getAttribute('aria-label')).toContain('Lambda');
  expect(find('[data-id=CheckAccuracy]').style.transform).toBe(place);
});

test('a definition without steps says what to do', async () => {
  const panel = await open();
  await panel.send({ type: 'graph', file: 'x.pipeline.json', graph: { nodes: [], edges: [] }, problems: [] });
  expect(textOf(find('.empty'))).toContain('no steps yet');
});
