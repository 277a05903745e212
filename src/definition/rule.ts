/** What a rule is, for every definition language, and how the checks of a language report against its rules. */
import type { Severity } from './diagnostic';
import type { Finding } from './finding';

/** A rule's severity, or `off`. */
export type Level = Severity | 'off';

/** The prefix of a rule's id says which language it belongs to. */
export type RulePrefix = 'sm' | 'cp' | 'cb' | 'ad' | 'asl' | 'cfn';

/** Where the fragments of a rule's example stand, so that they can be validated and read without their surroundings. */
export type ExampleFrame =
  /** The example is a whole text. */
  | 'document'
  /** A member of the language's main list, or what the language's own frame makes of it. */
  | (string & {});

/** One rule of the catalogue. */
export interface Rule {
  /** Stable id: `sm/unknown-step-reference`. */
  id: `${RulePrefix}/${string}`;
  /** Default level; settings may change it. */
  level: Level;
  /** What it finds, one short line without a full stop: `A reference to a step that does not exist`. */
  title: string;
  /** Why it matters and what to do, in plain sentences (Markdown). */
  explanation: string;
  example: {
    /** Name of the frame that `bad` and `good` are put into; `document` where they are whole texts. */
    frame: ExampleFrame;
    bad: string;
    good: string;
    /** What the page shows of `bad` where it is too long to be read. */
    shown?: string;
    /** File name that makes the language known, where it is not JSON of a SageMaker pipeline. */
    file?: string;
  };
  /** Where the fact comes from, for the page. */
  source?: string;
}

/** Rules by id. Throws on an id given twice: a fault of the catalogue. */
export function catalogue(...lists: readonly (readonly Rule[])[]): ReadonlyMap<string, Rule> {
  const map = new Map<string, Rule>();
  for (const rule of lists.flat()) {
    if (map.has(rule.id)) throw new Error(`Two rules have the id ${rule.id}.`);
    map.set(rule.id, rule);
  }
  return map;
}

/** Receives what a check finds. */
export type Report = (finding: Finding) => void;
