/** What two versions differ in, beside their metrics. Pure. */
import type { DescribeModelPackageOutput } from '@aws-sdk/client-sagemaker';
import { cardSections } from './card';

/** A version, with the run that made it as far as it is known. */
export interface ComparedVersion {
  described: DescribeModelPackageOutput;
  run?: {
    name: string;
    commit?: string;
    digest?: string;
    parameters?: Readonly<Record<string, string>>;
    inputs: readonly { name: string; uri: string; tag?: string }[];
  };
}

/** A value that the versions have not in common; absent where one has none. */
export interface Difference {
  /** What it belongs to: `Parameters`. */
  part: string;
  name: string;
  value?: string;
  other?: string;
}

/** Everything in which they differ, in the order of what explains the most. */
export function differences(one: ComparedVersion, other: ComparedVersion): Difference[] {
  const parts: [part: string, of: (version: ComparedVersion) => [name: string, value: string][]][] = [
    ['Parameters', ({ run }) => Object.entries(run?.parameters ?? {})],
    ['Data', ({ run }) => (run?.inputs ?? []).map(({ name, uri, tag }) => [name, tag ? `${uri} · ${tag}` : uri])],
    ['Code', ({ run }) => [...entry('Commit', run?.commit), ...entry('Definition', run?.digest)]],
    ['Container', ({ described }) => containerOf(described)],
    ['Model card', ({ described }) => cardOf(described)],
  ];
  return parts.flatMap(([part, of]) => {
    const [mine, theirs] = [new Map(of(one)), new Map(of(other))];
    return [...new Set([...mine.keys(), ...theirs.keys()])]
      .filter((name) => mine.get(name) !== theirs.get(name))
      .map((name): Difference => {
        const [value, beside] = [mine.get(name), theirs.get(name)];
        return {
          part,
          name,
          ...(value === undefined ? {} : { value }),
          ...(beside === undefined ? {} : { other: beside }),
        };
      });
  });
}

function entry(name: string, value: string | undefined): [string, string][] {
  return value ? [[name, value]] : [];
}

function containerOf({ InferenceSpecification: specification }: DescribeModelPackageOutput): [string, string][] {
  const list = (name: string, values: readonly string[] | undefined) => entry(name, values?.join(', '));
  return [
    ...(specification?.Containers ?? []).flatMap((container, index, all): [string, string][] => {
      const nth = all.length > 1 ? ` ${index + 1}` : '';
      const { Image, ImageDigest, ModelDataUrl, ModelDataETag, Environment, Framework, FrameworkVersion } = container;
      return [
        ...entry(`Image${nth}`, Image),
        ...entry(`Digest of image${nth}`, ImageDigest),
        ...entry(`Artifact${nth}`, ModelDataUrl),
        ...entry(`ETag of artifact${nth}`, ModelDataETag),
        ...entry(`Framework${nth}`, [Framework, FrameworkVersion].filter(Boolean).join(' ')),
        ...Object.entries(Environment ?? {}).map(([name, value]): [string, string] => [`${name}${nth}`, value]),
      ];
    }),
    ...list('Content types', specification?.SupportedContentTypes),
    ...list('Instance types', specification?.SupportedRealtimeInferenceInstanceTypes),
  ];
}

function cardOf({ ModelCard: card }: DescribeModelPackageOutput): [string, string][] {
  return [
    ...entry('Status', card?.ModelCardStatus),
    ...cardSections(card?.ModelCardContent ?? '').flatMap(({ title, rows }) =>
      rows.map(({ label, value }): [string, string] => [label === '' ? title : `${title} › ${label}`, value]),
    ),
  ];
}
