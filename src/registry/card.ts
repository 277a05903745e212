/**
 * The content of a model card: JSON, read as titled facts and as Markdown. Pure.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/model-cards-json-schema.html
 */
import type { Row, Section } from '../shared/facts';
import { isRecord } from '../shared/guards';

/** The most characters that the service takes. */
const longest = 100_000;

/** Why the service would not take the text as the content of a card, in a sentence; undefined where it would. */
export function cardProblem(text: string): string | undefined {
  if (text.length > longest) return `A model card has at most ${longest.toLocaleString('en')} characters.`;
  try {
    return isRecord(JSON.parse(text)) ? undefined : 'A model card is a JSON object.';
  } catch (error) {
    return `The model card is not valid JSON: ${error instanceof Error ? error.message : String(error)}.`;
  }
}

/** The card's parts, each a section; none where it is not the JSON that a card is. */
export function cardSections(content: string): Section[] {
  const card = parsed(content);
  if (!card) return [];
  const plain = Object.entries(card).filter(([, value]) => typeof value !== 'object' || value === null);
  const parts = Object.entries(card).filter(([, value]) => typeof value === 'object' && value !== null);
  return [
    ...(plain.length > 0
      ? [{ title: 'Card', rows: plain.flatMap(([name, value]) => rowsOf(words(name), value)) }]
      : []),
    ...parts.map(([name, value]) => ({ title: words(name), rows: rowsOf('', value) })),
  ].filter(({ rows }) => rows.length > 0);
}

/** A card of a model that has none yet: what it is, for what it is meant, and how it was measured. */
export function newCard(description: string | undefined): string {
  return indented(
    JSON.stringify({
      model_overview: { model_creator: '' },
      intended_uses: { purpose_of_model: description ?? '', intended_uses: '', factors_affecting_model_efficiency: '' },
      business_details: { business_problem: '' },
      additional_information: { caveats_and_recommendations: '' },
    }),
  );
}

/** The card as a document. */
export function cardMarkdown(title: string, content: string): string {
  const parts = cardSections(content).map(({ title: part, rows }) =>
    [`## ${part}`, '', ...rows.map(({ label, value }) => `- **${label === '' ? part : label}:** ${value}`)].join('\n'),
  );
  return `${[`# ${title}`, ...parts].join('\n\n')}\n`;
}

/** JSON over several lines; another text as it is. */
export function indented(content: string): string {
  const card = parsed(content);
  return card ? JSON.stringify(card, undefined, 2) : content;
}

function parsed(content: string): Record<string, unknown> | undefined {
  try {
    const card: unknown = JSON.parse(content);
    return isRecord(card) ? card : undefined;
  } catch {
    return undefined;
  }
}

/** Values by the names that lead to them. */
function rowsOf(label: string, value: unknown): Row[] {
  if (value === null || value === undefined || value === '') return [];
  if (Array.isArray(value)) {
    if (value.every((each) => typeof each !== 'object' || each === null)) return [{ label, value: value.join(', ') }];
    return value.flatMap((each, index) => rowsOf(joined(label, String(index + 1)), each));
  }
  if (isRecord(value)) return Object.entries(value).flatMap(([name, each]) => rowsOf(joined(label, words(name)), each));
  return [{ label, value: typeof value === 'string' ? value : JSON.stringify(value) }];
}

function joined(label: string, name: string): string {
  return label === '' ? name : `${label} › ${name}`;
}

/** `model_overview` as people write it: `Model overview`. */
function words(name: string): string {
  const text = name.replaceAll('_', ' ').trim();
  return text.charAt(0).toUpperCase() + text.slice(1);
}
