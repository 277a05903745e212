/** Trees in the words of a service, made of what stands in the words of Terraform. */
import { Node } from '../tree';

/** A resource of Terraform in the words of its service. */
export interface Translated {
  /** In the words of the service; its nodes stand where the writer's do. */
  node: Node;
  /** What the writer wrote, of which a node was made. */
  origin: (made: Node) => Node;
}

/** Makes nodes that stand where others do. */
export class Translation {
  private readonly origins = new Map<Node, Node>();

  /** What the writer wrote, of which a node was made. */
  readonly origin = (made: Node): Node => this.origins.get(made) ?? made;

  /** A node that stands where `origin` does; with its value, or as a text of its own. */
  protected made(kind: Node['kind'], origin: Node, text?: string): Node {
    const value = kind === 'object' || kind === 'array' ? undefined : (text ?? origin.value);
    const made = new Node(kind, origin.block, origin.from, origin.to, value);
    made.keyFrom = origin.keyFrom;
    made.keyTo = origin.keyTo;
    this.origins.set(made, origin);
    return made;
  }

  protected copy(node: Node): Node {
    const made = this.made(node.kind, node);
    for (const child of node.children) this.add(made, this.copy(child), child.key ?? '');
    return made;
  }

  protected add(parent: Node, child: Node, key: string | number): void {
    child.key = key;
    parent.append(child);
  }
}
