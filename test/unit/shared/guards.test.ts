import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { previewPanel } from '../../../src/authoring/panels/preview/contract';
import { flowPanel } from '../../../src/gitflow/vscode/panels/flow/contract';
import { metricsPanel } from '../../../src/pipelines/panels/metrics/contract';
import { runFormPanel } from '../../../src/pipelines/panels/run-form/contract';
import { runGraphPanel } from '../../../src/pipelines/panels/run-graph/contract';
const contracts = [runGraphPanel, metricsPanel, runFormPanel, previewPanel, flowPanel];

describe('the contracts', () => {
  test('let their own messages in', () => {
    expect(runGraphPanel.isToHost({ type: 'select' })).toBe(true);
    expect(runGraphPanel.isToHost({ type: 'select', step: 'Train' })).toBe(true);
    expect(
      metricsPanel.isToHost({ type: 'layout', layout: { hidden: [], sort: [{ column: 'a', descending: true }] } }),
    ).toBe(true);
    expect(runFormPanel.isToHost({ type: 'run', environment: 'local', values: { A: '1' } })).toBe(true);
    expect(flowPanel.isToHost({ type: 'change', id: 'keep', value: false })).toBe(true);
    expect(previewPanel.isToHost({ type: 'reveal', step: 'Train' })).toBe(true);
  });

  test.each([
    ['an unknown type', { type: 'format' }],
    ['a field of the wrong type', { type: 'select', step: 7 }],
    ['a missing field', { type: 'reveal' }],
    ['no type', { step: 'Train' }],
    ['a type that every object has', { type: 'toString' }],
    ['no object', 'select'],
  ])('keep %s out', (_, message) => {
    expect(runGraphPanel.isToHost(message)).toBe(false);
  });

  test('look into what is nested', () => {
    expect(runFormPanel.isToHost({ type: 'run', environment: 'local', values: { A: 1 } })).toBe(false);
    expect(metricsPanel.isToHost({ type: 'need', runs: ['a', null] })).toBe(false);
    expect(metricsPanel.isToHost({ type: 'layout', layout: { hidden: [], sort: [{ column: 'a' }] } })).toBe(false);
    expect(flowPanel.isToHost({ type: 'proceed', how: 'force' })).toBe(false);
    expect(flowPanel.isToHost({ type: 'change', id: 'keep', value: 1 })).toBe(false);
  });

  test('never throw, whatever arrives', () => {
    fc.assert(
      fc.property(fc.anything(), (value) => {
        for (const contract of contracts) {
          expect(typeof contract.isToHost(value)).toBe('boolean');
          expect(typeof contract.isArguments(value)).toBe('boolean');
        }
      }),
    );
  });

  test('have names and keys of their own', () => {
    expect(new Set(contracts.map(({ name }) => name)).size).toBe(contracts.length);
    const args = { repository: 'file:///r', action: 'finish', kind: 'release', connection: 'local' };
    expect(flowPanel.key({ ...args, name: '1.0' })).not.toBe(flowPanel.key({ ...args, name: '1.1' }));
  });
});
