import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { approvalFaces, rowIcon, type StatusFace, statusFaces, toneColors } from '../../../src/shared/status';
import { isActive, statusLook } from '../../../webview/runs/status';

test('a tone has the same colour in trees and panels', () => {
  const css = readFileSync('webview/kit/base.css', 'utf8');
  const panels = [...css.matchAll(/^\s*--(good|bad|busy|wary|quiet): var\(--vscode-([\w-]+)/gm)];
  expect(Object.fromEntries(panels.map(([, tone = '', color = '']) => [tone, color.replace('-', '.')]))).toEqual(
    toneColors,
  );
});

test('a state is told by its icon alone, too', () => {
  const drawn = Object.values<StatusFace>(statusFaces).map(
    (face) => `${face.codicon} ${face.isTurning} ${face.isActive}`,
  );
  const settled = Object.values<StatusFace>(statusFaces).filter((face) => !face.isActive);
  expect(new Set(settled.map(({ codicon }) => codicon)).size).toBe(settled.length);
  expect(drawn.length).toBe(8);
  expect(new Set(Object.values(approvalFaces).map(({ codicon }) => codicon)).size).toBe(3);
});

test('panels say what trees say', () => {
  expect(statusLook('Executing')).toEqual({ icon: 'executing', tone: 'busy', word: 'Executing', turning: true });
  expect(rowIcon(statusFaces.Executing)).toEqual({ icon: 'loading~spin', color: 'charts.blue' });
  expect(rowIcon(statusFaces.Failed)).toEqual({ icon: 'error', color: 'testing.iconFailed' });
  expect((['Pending', 'Stopping', 'Stopped', 'NotRun'] as const).map(isActive)).toEqual([true, true, false, false]);
});
