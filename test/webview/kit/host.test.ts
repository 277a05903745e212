/** What a page remembers of how it looked, for whom. */
import { beforeEach, expect, test, vi } from 'vitest';
import { flowPanel } from '../../../src/gitflow/vscode/panels/flow/contract';
import { isString } from '../../../src/shared/guards';
import type { SavedPanel } from '../../../src/shared/panel-contract';
import { connect } from '../../../webview/kit/host';

const args = { repository: 'file:///penguins', action: 'finish', kind: 'release', name: '1.2.0', connection: 'local' };
let state: unknown;

beforeEach(() => {
  state = undefined;
  vi.stubGlobal('acquireVsCodeApi', () => ({
    postMessage: () => undefined,
    getState: () => state,
    setState: (next: SavedPanel) => (state = structuredClone(next)),
  }));
});

function open(of: unknown) {
  document.body.dataset['arguments'] = JSON.stringify(of);
  return connect(flowPanel);
}

test('a view comes back to the panel that it was saved for', () => {
  open(args).saveView('the plan is open');
  expect(open(args).view(isString)).toBe('the plan is open');
  // It is the same dialog, whichever connection its gates ask.
  expect(open({ ...args, connection: 'profile:production' }).view(isString)).toBe('the plan is open');
});

test('a view that was saved for other arguments is not taken, and is gone from then on', () => {
  open(args).saveView('the plan is open');
  expect(open({ ...args, name: '1.3.0' }).view(isString)).toBeUndefined();
  expect(open(args).view(isString)).toBeUndefined();
});

test.each([
  ['of an older contract', { repository: 'file:///penguins' }],
  ['of nobody', undefined],
])('a view with arguments %s is not taken', (_what, savedArguments) => {
  state = { arguments: savedArguments, view: 'the plan is open' };
  expect(open(args).view(isString)).toBeUndefined();
});

test('a view of another form is not taken', () => {
  open(args).saveView({ scroll: 3 });
  expect(open(args).view(isString)).toBeUndefined();
});
