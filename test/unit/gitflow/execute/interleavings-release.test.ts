/** A release finish is stopped at every boundary, with each of the user's actions, then resumed and undone. */
import { afterAll, expect, test } from 'vitest';
import { Sandbox } from '../sandbox';
import { killed, problemsOf, userActions } from './interleavings';

const sandbox = new Sandbox({ inMemory: true });
afterAll(() => sandbox.remove());

test('a release finish: stopped anywhere, after each action of the user', { timeout: 600_000 }, async () => {
  const scene = 'release finish';
  const states = await killed(sandbox, scene);
  expect(states.length).toBeGreaterThan(6);
  const ends = ['resume', 'undo'] as const;
  const courses = states.flatMap((state, at) =>
    Object.keys(userActions).map((action) => ({ scene, at, state, actions: [action], ends })),
  );
  expect(await problemsOf(sandbox, courses)).toEqual([]);
});
