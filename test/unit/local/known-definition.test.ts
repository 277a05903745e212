import { expect, test } from 'vitest';
import { knownDefinition, parseDefinition } from '../../../src/local/engine/definition';
import { definition, shellStep } from './support';

/** A definition whose text is a little longer than `length`. */
function textOf(name: string, length = 0): string {
  return definition([shellStep(name, `true ${'x'.repeat(length)}`)]);
}

test('a text that was read before gives the same definition, another text its own', () => {
  const known = knownDefinition(textOf('A'));
  expect(known).toEqual(parseDefinition(textOf('A')));
  expect(knownDefinition(textOf('A'))).toBe(known);
  expect(knownDefinition(textOf('B')).steps.map(({ name }) => name)).toEqual(['B']);
});

test('nobody changes what others are given', () => {
  const { steps } = knownDefinition(textOf('A'));
  const given = steps[0]?.arguments as { AppSpecification: { ImageUri: string } };
  expect(() => (given.AppSpecification.ImageUri = 'other')).toThrow(TypeError);
});

test('no more is kept than texts of a mebibyte: the one asked for longest ago is read again', () => {
  const [a, b, c] = ['A', 'B', 'C'].map((name) => textOf(name, 500_000)) as [string, string, string];
  const first = knownDefinition(a);
  const second = knownDefinition(b);
  expect(knownDefinition(a)).toBe(first);
  knownDefinition(c);
  expect(knownDefinition(a)).toBe(first);
  expect(knownDefinition(b)).not.toBe(second);
  const long = textOf('Long', 1_100_000);
  expect(knownDefinition(long)).not.toBe(knownDefinition(long));
});

test('a text that cannot be read is refused each time', () => {
  for (let time = 0; time < 2; time++)
    expect(() => knownDefinition('{')).toThrow('Unable to parse pipeline definition.');
});
