/**
 * Nothing is lost, whatever the user does between an interrupted action and taking it up again. A release finish is
 * stopped at every boundary, with each of twelve actions of the user, resumed and undone; of the other actions as many
 * courses as `MLOPS_FLOW_INTERLEAVINGS` says (500 by default) are drawn at random, the same ones each time; others by
 * another number in `MLOPS_FLOW_INTERLEAVINGS_SEED`.
 */
import { afterAll, describe, expect, test } from 'vitest';
import { Sandbox } from '../sandbox';
import type { Course } from './interleavings';
import { killed, randomly, runCourse, scenes, userActions } from './interleavings';
import type { Work } from '../sandbox';

const sandbox = new Sandbox({ inMemory: true });
afterAll(() => sandbox.remove());

const names = Object.keys(userActions);

interface Told extends Course {
  scene: string;
  at: number;
}

/**
 * Answers what went wrong in the courses. Those of one scene are run one after another: its copies have one id, by
 * which this process knows what it works on.
 */
async function problemsOf(courses: readonly Told[]): Promise<string[]> {
  const problems: string[] = [];
  const scenesOf = [...new Set(courses.map(({ scene }) => scene))];
  const worker = async (): Promise<void> => {
    for (let scene = scenesOf.pop(); scene !== undefined; scene = scenesOf.pop()) {
      for (const course of courses.filter((each) => each.scene === scene)) {
        const found = await runCourse(sandbox, course);
        const { at, actions, end } = course;
        if (found.length > 0)
          problems.push(`${scene} stopped at ${at}, ${actions.join(', ')}, ${end}: ${found.join('; ')}`);
      }
    }
  };
  await Promise.all([worker(), worker()]);
  return problems;
}

test('a release finish: stopped anywhere, after each action of the user', { timeout: 600_000 }, async () => {
  const states = await killed(sandbox, 'release finish');
  expect(states.length).toBeGreaterThan(6);
  const ends = ['resume', 'undo'] as const;
  const courses = states.flatMap((state, at) =>
    names.flatMap((action) => ends.map((end) => ({ scene: 'release finish', at, state, actions: [action], end }))),
  );
  expect(await problemsOf(courses)).toEqual([]);
});

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
      const actions = Array.from({ length: 1 + random(3) }, () => pick(names));
      const end = pick(['resume', 'undo'] as const);
      return { scene, at, state: of[at] as Work, actions, end };
    });
    expect(await problemsOf(courses)).toEqual([]);
  });
});
