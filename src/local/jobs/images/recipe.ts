import { compareVersions } from './image';
import { type Framework, type Release, frameworkOf, transformersFor, transformersModules } from './frameworks';

/** The packages that stand for an image on this machine. */
export interface Recipe {
  /** `scikit-learn 1.2`: what it has. */
  title: string;
  /** What pip is given. */
  packages: readonly string[];
  /** What these are imported as. */
  modules: readonly string[];
  /** The framework's distribution and the version of it that the image has. */
  main: { package: string; version: string };
  /** What pip keeps to when a job installs something besides, so that the packages go on working together. */
  limits?: readonly string[];
  /** Where it is another version than the image has, half a sentence that says so. */
  note?: string;
}

/**
 * The recipe of an image for a Python: the image's own version of its framework, or the nearest that there are builds of.
 * Undefined for images of no framework, and where there is nothing for this Python.
 * @param python `3.11.7`
 */
export function recipeOf(uri: string, python: string): Recipe | undefined {
  const image = frameworkOf(uri);
  const release = image && releaseFor(image.framework, image.version, python);
  if (!release) return undefined;
  const { framework, version, transformers } = image;
  const own = recipe(framework, release);
  const library =
    transformers === undefined ? undefined : transformersFor(transformers, Number(minorOf(python).slice(2)));
  const notes = [
    ...differs(framework.title, version, release.version, python),
    ...(library ? differs('Transformers', transformers ?? '', library.version, python) : []),
  ];
  return {
    ...own,
    ...(library
      ? { packages: [...own.packages, ...library.packages], modules: [...own.modules, ...transformersModules] }
      : {}),
    ...(notes.length === 0 ? {} : { note: notes.join(', and ') }),
  };
}

/** What is said of a version that the image has not. */
function differs(title: string, version: string, taken: string, python: string): string[] {
  if (version === '' || isSame(version, taken)) return [];
  return [`the image has ${title} ${version}; ${taken} is the nearest for Python ${minorOf(python)}`];
}

/** What the built-in algorithms beside XGBoost need. */
export function algorithmRecipe(python: string): Recipe | undefined {
  const image = frameworkOf('sagemaker-scikit-learn:1.2-1');
  const release = image && releaseFor(image.framework, '1.6', python);
  return release && recipe(image.framework, release);
}

/** The option by which the SDK tells a function of `@step` or `@remote` which version of it has written the job. */
const sdkOption = '--client_sagemaker_pysdk_version';

/** The SDK that runs a function of `@step` or `@remote` in its job: that which has written the job; undefined for other jobs. */
export function remoteFunctionRecipe(command: readonly string[]): Recipe | undefined {
  const at = command.indexOf(sdkOption);
  const version = at < 0 ? undefined : command[at + 1];
  if (version === undefined || !/^\d+\.\d+[\w.]*$/.test(version)) return undefined;
  return {
    title: `SageMaker Python SDK ${version}`,
    packages: [`sagemaker==${version}`],
    modules: ['sagemaker'],
    main: { package: 'sagemaker', version: majorMinor(version) },
  };
}

function recipe(framework: Framework, release: Release): Recipe {
  const { also = [] } = release;
  return {
    title: `${framework.title} ${release.version}`,
    packages: [...new Set([`${framework.package}==${release.version}.*`, ...also, ...framework.packages])],
    modules: framework.modules,
    ...(also.length === 0 ? {} : { limits: also }),
    main: { package: framework.package, version: release.version },
  };
}

/** The lowest release for a Python that is not older than the image's; else the newest. */
function releaseFor({ releases }: Framework, version: string, python: string): Release | undefined {
  const minor = Number(minorOf(python).split('.')[1]);
  const possible = releases.filter(({ python: [first, last] }) => first <= minor && minor <= last);
  return possible.find((release) => compareVersions(release.version, majorMinor(version)) >= 0) ?? possible.at(-1);
}

function isSame(version: string, release: string): boolean {
  return majorMinor(version) === release;
}

function majorMinor(version: string): string {
  return version.split('.').slice(0, 2).join('.');
}

function minorOf(python: string): string {
  return majorMinor(python);
}
