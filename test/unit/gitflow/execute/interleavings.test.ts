/**
 * Nothing is lost, whatever the user does between an interrupted action and taking it up again: as many courses of
 * events as `MLOPS_FLOW_INTERLEAVINGS` says (500 by default) are drawn at random, the same ones each time; others by
 * another number in `MLOPS_FLOW_INTERLEAVINGS_SEED`.
 */
import { afterAll, describe, expect, test } from 'vitest';
import { Sandbox, type Work } from '../sandbox';
import { killed, problemsOf, randomly, scenes, userActions } from './interleavings';

const sandbox = new Sandbox({ inMemory: true });
afterAll(() => sandbox.remove());

describe('any action', () => {
  const count = Number(process.env['MLOPS_FLOW_INTERLEAVINGS'] ?? 500);
  test(`${count} random courses`, { timeout: count * 5000 }, async () => {
    const random = randomly(Number(process.env['MLOPS_FLOW_INTERLEAVINGS_SEED'] ?? 20_261_128));
    const states = new Map<string, Work[]>();
    for (const scene of Object.keys(scenes)) states.set(scene, await killed(sandbox, scene));
    const pick = <T>(of: readonly T[]): T => of[random(of.length)] as T;
    const courses = Array.from({ length: count }, () => {
      const scene = pick([...states.keys()]);
      const of = states.get(scene) ?? [];
      const at = random(of.length);
      const actions = Array.from({ length: 1 + random(3) }, () => pick(Object.keys(userActions)));
      const end = pick(['resume', 'undo'] as const);
      return { scene, at, state: of[at] as Work, actions, ends: [end] };
    });
    expect(await problemsOf(sandbox, courses)).toEqual([]);
  });

  test('leaves the stash of a user on the list, below its own that did not fit', async () => {
    const scene = 'hotfix finish with stashed changes';
    const states = await killed(sandbox, scene);
    const course = {
      scene,
      at: 0,
      state: states[0] as Work,
      actions: ['stash', 'resolve'],
      ends: ['resume', 'undo'] as const,
    };
    expect(await problemsOf(sandbox, [course])).toEqual([]);
  });
});
