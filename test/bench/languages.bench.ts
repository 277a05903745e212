import { largeTexts } from '../fixtures/large-texts';
import { type Bench, median, ratioOf, samplesInTurns } from './harness';
import type { LanguageTask } from './languages.work';

/** Whole validation of every definition language at 1 and 10 MB, beside what reading the text alone takes. */
export default async (bench: Bench): Promise<void> => {
  for (const name of Object.keys(largeTexts)) {
    for (const megabytes of [1, 10]) {
      const [parse = [], validate = []] = await samplesInTurns(
        new URL('languages.work.mjs', import.meta.url),
        (['parse', 'validate'] as const).map((work): LanguageTask => ({ work, name, megabytes })),
        megabytes > 1 ? 3 : 9,
        megabytes > 1 ? 1 : 5,
      );
      bench.add({ name: `parse (${name}, ${megabytes} MB)`, value: median(parse), unit: 'ms' });
      bench.add({
        name: `validate (${name}, ${megabytes} MB)`,
        value: median(validate),
        unit: 'ms',
        ratio: ratioOf(validate, parse),
        against: 'its parse',
        target: 'ratio ≤ 2',
      });
    }
    const [held = []] = await samplesInTurns(
      new URL('languages.work.mjs', import.meta.url),
      [{ work: 'memory', name, megabytes: 10 } satisfies LanguageTask],
      1,
      0,
    );
    bench.add({ name: `heap held (${name}, 10 MB)`, value: median(held), unit: 'MB', target: '≤ 1000 MB' });
  }
};
