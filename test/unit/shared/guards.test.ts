import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { previewPanel } from '../../../src/authoring/panels/preview/contract';
import { isPreviewToHost } from '../../../src/authoring/panels/preview/messages';
import { flowPanel } from '../../../src/gitflow/vscode/panels/flow/contract';
import { isFlowToHost } from '../../../src/gitflow/vscode/panels/flow/messages';
import { metricsPanel } from '../../../src/pipelines/panels/metrics/contract';
import { isMetricsToHost } from '../../../src/pipelines/panels/metrics/messages';
import { runFormPanel } from '../../../src/pipelines/panels/run-form/contract';
import { isRunFormToHost } from '../../../src/pipelines/panels/run-form/messages';
import { runGraphPanel } from '../../../src/pipelines/panels/run-graph/contract';
import { isRunGraphToHost } from '../../../src/pipelines/panels/run-graph/messages';

const contracts = [runGraphPanel, metricsPanel, runFormPanel, previewPanel, flowPanel];
const messages = [isRunGraphToHost, isMetricsToHost, isRunFormToHost, isPreviewToHost, isFlowToHost];

describe('the contracts', () => {
  test('let their own messages in', () => {
    expect(isRunGraphToHost({ type: 'select' })).toBe(true);
    expect(isRunGraphToHost({ type: 'select', step: 'Train' })).toBe(true);
    expect(isMetricsToHost({ type: 'layout', layout: { hidden: [], sort: [{ column: 'a', descending: true }] } })).toBe(
      true,
    );
    expect(isRunFormToHost({ type: 'run', environment: 'local', values: { A: '1' } })).toBe(true);
    expect(isFlowToHost({ type: 'change', id: 'keep', value: false })).toBe(true);
    expect(isPreviewToHost({ type: 'reveal', step: 'Train' })).toBe(true);
  });

  test.each([
    ['an unknown type', { type: 'format' }],
    ['a field of the wrong type', { type: 'select', step: 7 }],
    ['a missing field', { type: 'reveal' }],
    ['no type', { step: 'Train' }],
    ['a type that every object has', { type: 'toString' }],
    ['no object', 'select'],
  ])('keep %s out', (_, message) => {
    expect(isRunGraphToHost(message)).toBe(false);
  });

  test('look into what is nested', () => {
    expect(isRunFormToHost({ type: 'run', environment: 'local', values: { A: 1 } })).toBe(false);
    expect(isMetricsToHost({ type: 'need', runs: ['a', null] })).toBe(false);
    expect(isMetricsToHost({ type: 'layout', layout: { hidden: [], sort: [{ column: 'a' }] } })).toBe(false);
    expect(isFlowToHost({ type: 'proceed', how: 'force' })).toBe(false);
    expect(isFlowToHost({ type: 'change', id: 'keep', value: 1 })).toBe(false);
  });

  test('never throw, whatever arrives', () => {
    fc.assert(
      fc.property(fc.anything(), (value) => {
        for (const guard of [...messages, ...contracts.map(({ isArguments }) => isArguments)]) {
          expect(typeof guard(value)).toBe('boolean');
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
