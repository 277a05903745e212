import { expect, test, vi } from 'vitest';

vi.mock('vscode', () => import('../../fixtures/vscode'));

const { answerOf } = await import('../../../src/authoring/python/ask-arguments');

test.each([
  ['a text', '4', 'rows', '4'],
  ['a number', '4', 1, 4],
  ['a dictionary in place of a text', '{"rows": 4}', 'cfg', { rows: 4 }],
  ['a list as Python writes it', " ['a', True]", 'rows', ['a', true]],
  ['braces that are no value', '{team}-rows', 'rows', '{team}-rows'],
  ['a dictionary for one that is proposed', "{'rows': None}", { rows: 1 }, { rows: null }],
  ['a word for a number', 'many', 1, 'many'],
])('an answer: %s', (_, text, proposed, value) => {
  expect(answerOf(text, proposed)).toEqual(value);
});
