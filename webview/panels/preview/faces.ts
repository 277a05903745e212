/** How the steps of a definition look while it is written: their type, and what is wrong with them. */
import type { StepProblems } from '../../../src/authoring/panels/preview/contract';
import type { GraphNode } from '../../../src/definition/graph/model';
import { count } from '../../../src/shared/format';
import { typeIcon, type EdgeFace, type Faces, type NodeFace } from '../../graph/face';
import type { Tone } from '../../kit/tone';

export class PreviewFaces implements Faces {
  constructor(private readonly problems: ReadonlyMap<string, StepProblems>) {}

  node(node: GraphNode): NodeFace {
    const found = this.problems.get(node.id);
    const errors = found?.errors ?? 0;
    const warnings = found?.warnings ?? 0;
    const words = [errors > 0 ? count(errors, 'error') : '', warnings > 0 ? count(warnings, 'warning') : ''].filter(
      Boolean,
    );
    return {
      icon: errors > 0 ? 'error' : warnings > 0 ? 'warning' : typeIcon(node.type),
      tone: this.tone(node),
      caption: [node.type, ...words].join(' · '),
      spoken: [words.length > 0 ? words.join(', ') : 'no problems', ...(found?.messages ?? [])].join('. '),
      tooltip: [node.type, ...(found?.messages ?? [])],
    };
  }

  tone(node: GraphNode): Tone {
    const { errors = 0, warnings = 0 } = this.problems.get(node.id) ?? {};
    return errors > 0 ? 'bad' : warnings > 0 ? 'wary' : 'none';
  }

  edge(): EdgeFace {
    return 'plain';
  }
}
