/** Where services stand and how edges run: ELK, in a worker of its own, so that the page stays awake. */
import type { DependencyEdge } from '@sightline/wire';
import ElkApi, {
  type ELK,
  type ElkEdgeSection,
  type ElkLabel,
  type ElkNode,
  type ElkPoint,
} from 'elkjs/lib/elk-api.js';
import workerUrl from 'elkjs/lib/elk-worker.min.js?url';
import type { Box } from '../../model/graph-view.ts';
import { childKey, nodeKey, parentKey, type ServiceGraph } from '../../model/service-graph.ts';

export interface GraphLayout {
  readonly width: number;
  readonly height: number;
  /** By `nodeKey`. */
  readonly boxes: ReadonlyMap<string, Box>;
  /** SVG paths, by `edgeKey`. */
  readonly paths: ReadonlyMap<string, string>;
  /** Where the edges' rates are written: the middle of each; empty where there are too many to be read. */
  readonly rates: ReadonlyMap<string, ElkPoint>;
}

const boxWidth = 160;
const boxHeight = 46;
const rateLabel = { text: '0/s', width: 42, height: 14, layoutOptions: { 'elk.edgeLabels.inline': 'true' } };
const mostRates = 60;
/**
 * Of a graph that is not small: fewer sweeps than ELK's seven, in half the time and with hardly a crossing more, and columns
 * that are packed, so that all of it is as wide as the page and not a tower.
 */
const largeOptions = {
  'elk.layered.thoroughness': '3',
  'elk.layered.nodePlacement.strategy': 'SIMPLE',
  'elk.layered.spacing.nodeNodeBetweenLayers': '72',
};

const options = {
  'elk.algorithm': 'layered',
  'elk.direction': 'RIGHT',
  'elk.edgeRouting': 'SPLINES',
  'elk.spacing.nodeNode': '22',
  'elk.spacing.edgeNode': '14',
  'elk.layered.spacing.edgeNodeBetweenLayers': '18',
  'elk.separateConnectedComponents': 'true',
  'elk.spacing.componentComponent': '40',
  'elk.aspectRatio': '1.7',
  // An edge's rate stands in a layer of its own, and brings its own space.
  'elk.layered.spacing.nodeNodeBetweenLayers': '24',
};

let elk: ELK | undefined;

export async function layoutGraph({ nodes, edges }: ServiceGraph): Promise<GraphLayout> {
  elk ??= new ElkApi({ workerUrl });
  const isLarge = edges.length > mostRates;
  const graph: ElkNode = {
    id: 'map',
    layoutOptions: { ...options, ...(isLarge && largeOptions) },
    children: nodes.map((node) => ({ id: nodeKey(node), width: boxWidth, height: boxHeight })),
    edges: edges.map((edge) => ({
      id: edgeKey(edge),
      sources: [parentKey(edge)],
      targets: [childKey(edge)],
      labels: isLarge ? [] : [{ ...rateLabel }],
    })),
  };
  const placed = await elk.layout(graph);
  return {
    width: placed.width ?? 0,
    height: placed.height ?? 0,
    boxes: new Map((placed.children ?? []).map((node) => [node.id, boxOf(node)])),
    paths: new Map((placed.edges ?? []).map(({ id, sections = [] }) => [id, sections.map(pathOf).join('')])),
    rates: new Map((placed.edges ?? []).flatMap(({ id, labels = [] }) => labels.map((label) => [id, middleOf(label)]))),
  };
}

export function edgeKey(edge: DependencyEdge): string {
  return `${parentKey(edge)} → ${childKey(edge)}`;
}

function boxOf({ x = 0, y = 0, width = boxWidth, height = boxHeight }: ElkNode): Box {
  return { x, y, width, height };
}

function middleOf({ x = 0, y = 0, width = 0, height = 0 }: ElkLabel): ElkPoint {
  return { x: x + width / 2, y: y + height / 2 };
}

/** Bend points of splines are control points, three for each curve. */
function pathOf({ startPoint, bendPoints = [], endPoint }: ElkEdgeSection): string {
  const points = [...bendPoints, endPoint].map(({ x, y }) => `${round(x)},${round(y)}`);
  const command = points.length % 3 === 0 ? 'C' : 'L';
  return `M${round(startPoint.x)},${round(startPoint.y)}${command}${points.join(' ')}`;
}

function round(number: number): number {
  return Math.round(number * 10) / 10;
}
