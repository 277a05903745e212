const parts = /^P?(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?=\d)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/i;
/** Seconds of a year, a month, a week, a day, an hour, a minute and a second, in the order of the parts. */
const seconds = [365 * 86_400, 30 * 86_400, 7 * 86_400, 86_400, 3600, 60, 1];

/**
 * An ISO 8601 duration in milliseconds, or undefined where the text is none. As SageMaker takes them, in any case and
 * without the P too: `P30D`, `PT1H`, `30d`, `T12H`. A month has 30 days, a year 365.
 */
export function durationOf(text: string): number | undefined {
  const match = parts.exec(text);
  if (!match || !/\d/.test(text)) return undefined;
  return seconds.reduce((sum, unit, index) => sum + unit * Number(match[index + 1] ?? 0), 0) * 1000;
}
