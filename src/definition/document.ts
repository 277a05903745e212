import { parseHcl } from './hcl/read';
import { parseJson } from './json';
import type { Tree } from './tree';
import { parseYaml } from './yaml';

/** A text and where it comes from; the tree is read once, on first use. */
export class SourceDocument {
  /**
   * @param path file path with `/` or `\`; decides the syntax by its extension. Without one, a text that begins
   * with a bracket is JSON.
   * @param movable see {@link parseJson}
   * @param parsed the tree of the text, where it was read already
   */
  constructor(
    readonly text: string,
    readonly path?: string,
    private readonly movable = 'Steps',
    private parsed?: Tree,
  ) {}

  get syntax(): 'json' | 'yaml' | 'hcl' {
    if (this.path && /\.ya?ml$/i.test(this.path)) return 'yaml';
    if (this.path && /\.(tf|tofu)$/i.test(this.path)) return 'hcl';
    if (this.path && /\.json[c5]?$/i.test(this.path)) return 'json';
    return /^\uFEFF?\s*[{[]/.test(this.text) ? 'json' : 'yaml';
  }

  get tree(): Tree {
    this.parsed ??= this.read();
    return this.parsed;
  }

  private read(): Tree {
    const { syntax, text } = this;
    if (syntax === 'hcl') return parseHcl(text);
    // What deploys state machines fills in numbers and lists, too: DefinitionSubstitutions of SAM, templatefile of Terraform.
    return syntax === 'json' ? parseJson(text, this.movable, text.includes('"StartAt"')) : parseYaml(text);
  }

  /** The last part of the path, in lower case. */
  get fileName(): string {
    return (this.path ?? '').split(/[/\\]/).at(-1)?.toLowerCase() ?? '';
  }
}
