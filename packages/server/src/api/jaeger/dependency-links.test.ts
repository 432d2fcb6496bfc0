import type { DependencyEdge } from '@sightline/wire';
import { expect, test } from 'vitest';
import { dependencyLinks } from './dependency-links.ts';

function edge(parent: string, child: string, childKind: DependencyEdge['childKind'] = 'service'): DependencyEdge {
  return { parent, child, childKind, callCount: 7, errorCount: 1, p50Nano: 1, p95Nano: 2 };
}

const edges = [edge('shop', 'cart'), edge('cart', 'pay'), edge('cart', 'postgresql/shop', 'database')];

test('links are between services, and not to databases, queues or hosts', () => {
  expect(dependencyLinks(edges)).toEqual([
    { parent: 'shop', child: 'cart', callCount: 7 },
    { parent: 'cart', child: 'pay', callCount: 7 },
  ]);
});

test('of one service, those to it and from it', () => {
  expect(dependencyLinks(edges, 'pay')).toEqual([{ parent: 'cart', child: 'pay', callCount: 7 }]);
  expect(dependencyLinks(edges, 'cart')).toHaveLength(2);
});
