/**
 * When a monitoring job runs, and over which hours of data.
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-schedule-expression.html
 */
import type { ScheduleConfig } from '@aws-sdk/client-sagemaker';

const hour = 3_600_000;
const day = 24 * hour;

/** Executions come every `period` milliseconds, counted from `anchor` after midnight UTC; or once. */
export type Rhythm = { once: true } | { once?: never; period: number; anchor: number };

/** What an expression says; undefined where the service takes no such expression. */
export function rhythmOf(expression: string): Rhythm | undefined {
  if (expression === 'NOW') return { once: true };
  const [, at = ''] = /^cron\(0 (\S+) \? \* \* \*\)$/.exec(expression) ?? [];
  if (at === '*') return { period: hour, anchor: 0 };
  const [, start, step] = /^(\d{1,2})(?:\/(\d{1,2}))?$/.exec(at) ?? [];
  if (start === undefined || Number(start) > 23) return undefined;
  const hours = step === undefined ? 24 : Number(step);
  return hours < 1 || hours > 24 ? undefined : { period: hours * hour, anchor: Number(start) * hour };
}

/**
 * The first time after `after` that an execution is due at, in milliseconds since the epoch.
 * @param speed how much faster than the true time the hours pass
 */
export function nextAfter(rhythm: Rhythm, after: number, speed: number): number {
  if (rhythm.once) return after;
  const [period, anchor] = [rhythm.period / speed, rhythm.anchor / speed];
  return (Math.floor((after - anchor) / period) + 1) * period + anchor;
}

/** The data of an execution: from `start` up to `end`, in milliseconds since the epoch. */
export interface Window {
  start: number;
  end: number;
}

/**
 * The window of an execution that is due at `due`: what was captured since the one before, or what the offsets say.
 * @param offsets of the definition's input, which count before the period and after those of the schedule
 */
export function windowOf(
  config: ScheduleConfig | undefined,
  due: number,
  speed: number,
  offsets: { start?: string | undefined; end?: string | undefined },
): Window {
  const rhythm = rhythmOf(config?.ScheduleExpression ?? '');
  const length = !rhythm || rhythm.once ? hour : rhythm.period / speed;
  const start = offsetOf(config?.DataAnalysisStartTime ?? offsets.start) ?? -length;
  const end = offsetOf(config?.DataAnalysisEndTime ?? offsets.end) ?? 0;
  return { start: due + start, end: due + end };
}

/** `-PT1H` in milliseconds; undefined for what is no duration of XML Schema up to days. */
export function offsetOf(text: string | undefined): number | undefined {
  const [all, sign, days, hours, minutes, seconds] =
    /^([-+]?)P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/.exec(text ?? '') ?? [];
  if (all === undefined) return undefined;
  const length =
    Number(days ?? 0) * day + Number(hours ?? 0) * hour + Number(minutes ?? 0) * 60_000 + Number(seconds ?? 0) * 1000;
  return sign === '-' && length > 0 ? -length : length;
}

/** What is wrong with a schedule's times, in a sentence. */
export function faultOf({ ScheduleExpression: expression = '', ...config }: ScheduleConfig): string | undefined {
  const rhythm = rhythmOf(expression);
  if (!rhythm) {
    return `The schedule expression '${expression}' is not supported. Use NOW, cron(0 * ? * * *), cron(0 H ? * * *), or cron(0 H/N ? * * *).`;
  }
  const { DataAnalysisStartTime: start, DataAnalysisEndTime: end } = config;
  if (!rhythm.once) {
    return start === undefined && end === undefined
      ? undefined
      : 'DataAnalysisStartTime and DataAnalysisEndTime are for the schedule expression NOW.';
  }
  const [from, to] = [offsetOf(start), offsetOf(end)];
  if (from === undefined || to === undefined) {
    return 'The schedule expression NOW needs DataAnalysisStartTime and DataAnalysisEndTime, such as -PT1H and -PT0H.';
  }
  if (to <= from) return 'DataAnalysisEndTime must be after DataAnalysisStartTime.';
  if (to > 0) return 'DataAnalysisEndTime must not be in the future.';
  if (to - from > day) return 'The data of one monitoring job may be of 24 hours at most.';
  return undefined;
}

/** The hours that a window touches, as data is kept: `2026/11/29/06`. */
export function hoursOf({ start, end }: Window): string[] {
  const first = Math.floor(start / hour) * hour;
  const count = Math.max(1, Math.ceil((end - first) / hour));
  return Array.from({ length: count }, (_, index) => hourOf(first + index * hour));
}

/** The hour that a time is in: `2026/11/29/06`. */
export function hourOf(time: number): string {
  return new Date(time).toISOString().slice(0, 13).replaceAll(/[-T]/g, '/');
}
