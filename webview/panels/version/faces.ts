import type { GraphNode } from '../../../src/definition/graph/model';
import type { EdgeFace, Faces, NodeFace } from '../../graph/face';
import type { IconName } from '../../kit/icons';
import type { Tone } from '../../kit/tone';

const drawings: Record<string, IconName> = {
  Data: 'process',
  Commit: 'commit',
  Run: 'graph',
  'Model version': 'model',
  Endpoint: 'rocket',
};

/** How the parts of a lineage look. */
export class LineageFaces implements Faces {
  node({ type, label }: GraphNode): NodeFace {
    return {
      icon: drawings[type] ?? 'graph',
      tone: this.tone(),
      caption: type,
      marked: type === 'Model version',
      spoken: '',
      tooltip: [`${type}: ${label}`],
    };
  }

  tone(): Tone {
    return 'none';
  }

  edge(): EdgeFace {
    return 'plain';
  }
}
