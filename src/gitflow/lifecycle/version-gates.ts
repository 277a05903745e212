/** What the gates of a release ask of a model, answered for one version of it. Pure. */
import type { GateConfig } from './config-file';
import type { GateResult } from './gate';
import { isChosen, judgeMetric, judgeModels, metricTitle } from './run-gates';

/** A version, with what speaks for it. */
export interface JudgedVersion {
  arn: string;
  group: string;
  version: number;
  approval: string;
  /** The pipeline whose run made it, where that is known. */
  pipeline?: string;
  /** Who measured it, as a sentence begins: `Run first`. */
  measuredBy: string;
  metrics: Readonly<Record<string, number | readonly number[]>>;
}

/** The gates about a model and its metrics; those about commits and runs are asked of a release, not of a version. */
export function judgeVersion(gates: GateConfig, version: JudgedVersion): GateResult[] {
  const { arn, group, version: number, approval, measuredBy, metrics } = version;
  const model = { arn, group, version: number, approval, step: '' };
  // By which step it was registered only its run can tell: the gate of a release asks that.
  const { step: _, ...choice } = gates.model ?? {};
  const isAsked = gates.model !== undefined && isChosen(model, choice);
  return [
    ...(isAsked
      ? [
          {
            id: 'model' as const,
            title: 'This version is approved',
            ...judgeModels([model], measuredBy, choice),
            model: arn,
          },
        ]
      : []),
    ...[...(gates.metrics ?? [])].map(([name, threshold]): GateResult => ({
      id: `metric:${name}`,
      title: metricTitle(name, threshold),
      ...judgeMetric(name, threshold, metrics, measuredBy),
      model: arn,
    })),
  ];
}
