// A plugin of Stryker that lets only a random sample of the changes be tried: see mutants.mjs.
import { createHash } from 'node:crypto';

/** Draws by a digest of the seed and the change, so that the same seed draws the same changes of the same code. */
class SampleChecker {
  init() {
    return Promise.resolve();
  }

  group(mutants) {
    return Promise.resolve([mutants.map(({ id }) => id)]);
  }

  check(mutants) {
    const { size, seed } = JSON.parse(process.env.MLOPS_FLOW_MUTANTS);
    const rank = ({ fileName, location, mutatorName, replacement }) =>
      createHash('sha256')
        .update(JSON.stringify([seed, fileName.replace(/^.*\/(?=src\/)/, ''), location, mutatorName, replacement]))
        .digest('hex');
    const ranked = mutants.map((mutant) => [rank(mutant), mutant.id]).sort(([a], [b]) => (a < b ? -1 : 1));
    return Promise.resolve(
      Object.fromEntries(
        ranked.map(([, id], index) => [
          id,
          index < size ? { status: 'passed' } : { status: 'compileError', reason: 'not drawn' },
        ]),
      ),
    );
  }
}

export const strykerPlugins = [{ kind: 'Checker', name: 'sample', injectableClass: SampleChecker }];
