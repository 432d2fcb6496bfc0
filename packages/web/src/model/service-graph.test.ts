import type { DependencyEdge, DependencyKind, DependencyNode } from '@sightline/wire';
import { expect, test } from 'vitest';
import { chooseGraph, edgeWidth } from './service-graph.ts';

const node = (service: string, spanCount = 10, kind: DependencyKind = 'service'): DependencyNode => ({
  service,
  kind,
  spanCount,
  errorCount: 0,
});
const edge = (parent: string, child: string, childKind: DependencyKind = 'service'): DependencyEdge => ({
  parent,
  child,
  childKind,
  callCount: 10,
  errorCount: 0,
  p50Nano: 1e6,
  p95Nano: 2e6,
});

const chain = {
  nodes: ['web', 'shop', 'cart', 'stock'].map((name) => node(name)),
  edges: [edge('web', 'shop'), edge('shop', 'cart'), edge('cart', 'stock')],
};
const names = ({ nodes }: { nodes: readonly DependencyNode[] }) => nodes.map(({ service }) => service);

test('a focus shows its neighbours, one or two calls away in both directions', () => {
  expect(names(chooseGraph(chain, { focus: 'shop' }))).toEqual(['web', 'shop', 'cart']);
  expect(names(chooseGraph(chain, { focus: 'web', hops: 2 }))).toEqual(['web', 'shop', 'cart']);
  expect(chooseGraph(chain, { focus: 'web' }).edges).toEqual([edge('web', 'shop')]);
});

test('a focus that is not there shows all', () => {
  expect(names(chooseGraph(chain, { focus: 'gone' }))).toHaveLength(4);
});

test('a database that is called as a service is, is another node', () => {
  const graph = {
    nodes: [node('web'), node('orders'), node('orders', 10, 'database')],
    edges: [edge('web', 'orders'), edge('orders', 'orders', 'database')],
  };
  expect(chooseGraph(graph, { focus: 'database orders' }).nodes).toEqual(graph.nodes.slice(1));
});

test('of 200 services those with the busiest calls are shown, then the busiest, and the rest is counted', () => {
  const nodes = [...Array.from({ length: 199 }, (_, n) => node(`s${n}`, n + 1)), node('pg', 5000, 'database')];
  const graph = { nodes, edges: [edge('s198', 'pg', 'database'), edge('s1', 's2')] };
  const chosen = chooseGraph(graph, {});
  expect(chosen.nodes).toHaveLength(48);
  expect(chosen.hidden).toBe(152);
  expect(names(chosen)).toEqual(expect.arrayContaining(['pg', 's198', 's1', 's2', 's197']));
  expect(names(chosen)).not.toContain('s0');
  expect(chosen.edges).toHaveLength(2);
  expect(chooseGraph(graph, { all: true }).nodes).toHaveLength(200);
});

test('the busiest edge is the thickest, and one call is seen', () => {
  expect(edgeWidth(1000, 1000)).toBe(6);
  expect(edgeWidth(1, 1000)).toBeGreaterThan(1);
  expect(edgeWidth(1, 1)).toBe(1.5);
});
