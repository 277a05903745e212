import { pythonOf } from './frameworks';

/** Generations of packages that have other modules than the one before, and the Python 3 that they begin with. */
const generations: readonly { package: string; generation: string; python: number }[] = [
  // https://pypi.org/project/sagemaker: `Requires: Python >=3.10` from 3.0 on
  { package: 'sagemaker', generation: '3', python: 10 },
];

/** What pip would not install in an image. */
export interface Constraints {
  /** The minor version of Python 3 of the image. */
  python: number;
  /** What pip is given: `sagemaker<3`. */
  lines: readonly string[];
}

/**
 * What the Python of an image keeps `pip install` from, where the Python here is newer and would get the next
 * generation of a package; undefined where it is the same.
 * @param python `3.11.7`: that of this machine
 */
export function constraintsOf(uri: string, python: string): Constraints | undefined {
  const image = pythonOf(uri);
  const here = Number(python.split('.')[1]);
  if (image === undefined) return undefined;
  const lines = generations
    .filter((each) => image < each.python && each.python <= here)
    .map((each) => `${each.package}<${each.generation}`);
  return lines.length === 0 ? undefined : { python: image, lines };
}
