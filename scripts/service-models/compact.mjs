// Tables of shapes for the definition languages: what a value may be, in as little text as can be. The reader is
// src/definition/shape/service-table.ts, which tells the format.
import { compiled } from './source.mjs';

/** Collects the structures that are asked for, with all that they are made of, of any number of services. */
export class CompactTable {
  structures = {};
  enums = {};
  limits = [];
  patterns = [];
  /** By structure and member, the first sentence about it. */
  documentation = {};
  numbers = new Map();

  /**
   * Adds a structure of a model and what it is made of; its name in the table.
   * @param options.prefix before the names of structures and enums
   * @param options.capital true where member names begin with a capital, as Step Functions and pipelines write them
   * @param options.json true where a stretch of bytes may be written as any JSON
   * @param options.isAnswer true for what only a service writes: bounds and words do not matter
   */
  add(model, name, options = {}) {
    const { prefix = '', capital = false } = options;
    const key = prefix + name;
    if (this.structures[key]) return key;
    const { members, required = [], union } = model.shapes[name];
    const entry = { r: 0, m: {} };
    if (union) entry.u = 1;
    this.structures[key] = entry;
    // A token that makes a request idempotent is made by whoever sends it.
    const needed = required.filter((member) => members[member] && !members[member].idempotencyToken);
    entry.r = needed.length;
    const rest = Object.keys(members).filter((member) => !needed.includes(member));
    for (const member of [...needed, ...rest]) {
      const label = capital ? member[0].toUpperCase() + member.slice(1) : member;
      entry.m[label] = this.code(model, members[member].shape, options);
      const text = firstSentence(members[member].documentation ?? '');
      if (text) (this.documentation[key] ??= {})[label] = text;
    }
    return key;
  }

  code(model, name, options) {
    const shape = model.shapes[name];
    const { prefix = '', json = false, isAnswer = false } = options;
    const limit = (limited) => (isAnswer ? '' : this.limit(limited));
    switch (shape.type) {
      case 'structure':
        return shape.document ? 'a' : `.${this.add(model, name, options)}`;
      case 'list':
        return `[${limit(shape)}:${this.code(model, shape.member.shape, options)}`;
      case 'map': {
        const key = limit(model.shapes[shape.key.shape]);
        return `{${limit(shape)}${key === '' ? '' : `k${key}`}:${this.code(model, shape.value.shape, options)}`;
      }
      case 'boolean':
        return 'b';
      case 'timestamp':
        return 't';
      case 'blob':
        return json ? 'a' : `s${limit(shape)}`;
      case 'string':
        if (!shape.enum || isAnswer) return `s${limit(shape)}`;
        this.enums[prefix + name] = shape.enum;
        return `=${prefix}${name}`;
      default:
        return `n${limit(shape)}`;
    }
  }

  /** The number of the limits of a shape in the table, or nothing where it has none. */
  limit({ type, min, max, pattern, enum: values }) {
    const limit = {};
    if (type === 'integer' || type === 'long') limit.i = 1;
    // A minimum of zero says nothing about a length.
    const isNumber = limit.i === 1 || type === 'float' || type === 'double';
    if (min !== undefined && (min !== 0 || isNumber)) limit.min = min;
    if (max !== undefined) limit.max = max;
    if (values === undefined && says(pattern)) limit.p = place(this.patterns, pattern);
    if (Object.keys(limit).length === 0) return '';
    const text = JSON.stringify(limit);
    if (!this.numbers.has(text)) this.numbers.set(text, this.limits.push(limit) - 1);
    return this.numbers.get(text);
  }

  toJSON() {
    const { structures, enums, limits, patterns } = this;
    return { limits, patterns, structures: sorted(structures), enums: sorted(enums) };
  }
}

/** Whether a pattern forbids anything, and can be stated. */
function says(pattern) {
  return (
    pattern !== undefined && !/^\(?(\.\*|\[\\s\\S\]\*|\.\+|\[\\u)/.test(pattern) && compiled(pattern) !== undefined
  );
}

function place(list, item) {
  const known = list.indexOf(item);
  return known >= 0 ? known : list.push(item) - 1;
}

export function sorted(object) {
  return Object.fromEntries(Object.entries(object).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function firstSentence(html) {
  const text = html
    .replaceAll(/<code>\s*(.*?)\s*<\/code>/g, '`$1`')
    .replaceAll(/<\/(p|li|note)>/g, ' ')
    .replaceAll(/<[^>]+>/g, '')
    .replaceAll('&nbsp;', ' ')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/(?<=[a-z])\.(?=(The|If|This|When|You) )/g, '. ')
    .trim();
  // What a sentence leads to with a colon is a list that is left out.
  const sentence = /^.*?[.:](?= [A-Z]|$)/.exec(text)?.[0].replace(/, including the following[^.]*:$/, '.') ?? text;
  return sentence.length > 240 ? `${sentence.slice(0, 237)}…` : sentence;
}
