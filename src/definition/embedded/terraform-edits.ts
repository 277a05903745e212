/** Findings about a resource of Terraform that were made in the words of its service, with the fixes that can be written. */
import type { TextEdit } from '../diagnostic';
import { Editor, type Finding } from '../finding';
import type { Node } from '../tree';

/** The finding at what the writer wrote. Of its fixes those are left that give values or take members away. */
export function inTerraform(finding: Finding, origin: (made: Node) => Node): Finding {
  const { fixes } = finding;
  const related = finding.related?.map((other) => ({ ...other, node: origin(other.node) }));
  return {
    ...finding,
    node: origin(finding.node),
    ...(fixes ? { fixes: ({ tree }) => fixes(new TerraformEditor(tree, origin)) } : {}),
    ...(related ? { related } : {}),
  };
}

/** Stands for an edit that has no words in Terraform. */
const unwritten: TextEdit = {
  range: { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } },
  newText: '',
};

/** Members and blocks that are added or named anew would be in the service's words: such fixes are left out. */
class TerraformEditor extends Editor {
  constructor(
    tree: Editor['tree'],
    private readonly origin: (made: Node) => Node,
  ) {
    super(tree);
  }

  override fix(title: string, edits: readonly (TextEdit | undefined)[], preferred = false): ReturnType<Editor['fix']> {
    return edits.includes(unwritten) ? undefined : super.fix(title, edits, preferred);
  }

  override value(node: Node, value: unknown): TextEdit {
    const isPlain = typeof value !== 'object' && node.children.length === 0;
    return isPlain ? super.value(this.origin(node), value) : unwritten;
  }

  override key(): TextEdit {
    return unwritten;
  }

  override remove(node: Node): TextEdit | undefined {
    const written = this.origin(node);
    // What was made of a block, or of several members, is no single member to take away.
    return written.parent && written.children.length === 0 ? super.remove(written) : unwritten;
  }

  override insert(): TextEdit {
    return unwritten;
  }

  override push(): TextEdit {
    return unwritten;
  }
}
