import { pythonOf } from './frameworks';

/** A generation of a package that programs of the one before do not work with. */
interface Generation {
  package: string;
  generation: string;
  /** The Python 3 that it begins with. */
  python: number;
  /** The last Python 3 that there are builds of the one before for. */
  last?: number;
}

const generations: readonly Generation[] = [
  // https://pypi.org/project/sagemaker: `Requires: Python >=3.10` from 3.0 on
  { package: 'sagemaker', generation: '3', python: 10 },
  // https://pypi.org/project/numpy: `Requires: Python >=3.9` from 2.0 on; the packages of such an image are built for 1
  { package: 'numpy', generation: '2', python: 9, last: 12 },
  // https://pypi.org/project/shapely: `Requires: Python >=3.10` from 2.1 on, which is without what 2.0 only warned of
  { package: 'shapely', generation: '2.1', python: 10, last: 13 },
  // What pip gets for Python 3.7; the later ones are without modules that packages of that time import.
  { package: 'pandas', generation: '2', python: 8, last: 11 },
  // https://github.com/aws/sagemaker-scikit-learn-container: its images have protobuf 3
  { package: 'protobuf', generation: '4', python: 8 },
  { package: 'fiona', generation: '1.10', python: 8, last: 12 },
  { package: 'setuptools', generation: '69', python: 8 },
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
    .filter(({ python: first, last = here }) => image < first && first <= here && here <= last)
    .map((each) => `${each.package}<${each.generation}`);
  return lines.length === 0 ? undefined : { python: image, lines };
}
