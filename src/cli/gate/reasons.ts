import type { Reasons } from '../../gitflow/lifecycle';

/**
 * The reasons of `--override gate=reason`; a reason begins after the first equals sign.
 * @throws where one has no gate or no reason; the message says how it is written
 */
export function readReasons(overrides: readonly string[]): Reasons {
  return new Map(
    overrides.map((text) => {
      const at = text.indexOf('=');
      const [gate, reason] = [text.slice(0, at).trim(), text.slice(at + 1).trim()];
      if (at < 1 || gate === '' || reason === '') {
        throw new Error(
          `'${text}' is not an override. Write it as --override GATE=REASON: --override model="seen by Ann".`,
        );
      }
      return [gate, reason];
    }),
  );
}
