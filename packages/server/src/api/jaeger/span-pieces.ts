/** A trace as a list of spans, each with where it stands, and such a list as a trace again. */
import type { ResourceSpans, ScopeSpans, Span } from '@sightline/wire';

export interface Piece {
  resource: ResourceSpans;
  scope: ScopeSpans;
  span: Span;
}

export function piecesOf(resourceSpans: readonly ResourceSpans[]): Piece[] {
  return resourceSpans.flatMap((resource) =>
    resource.scopeSpans.flatMap((scope) => scope.spans.map((span) => ({ resource, scope, span }))),
  );
}

/** Spans that stood under one resource and scope do so again. */
export function joinPieces(pieces: readonly Piece[]): ResourceSpans[] {
  const resources = new Map<ResourceSpans, ResourceSpans>();
  const scopes = new Map<ScopeSpans, ScopeSpans>();
  for (const { resource, scope, span } of pieces) {
    let ofScope = scopes.get(scope);
    if (!ofScope) {
      ofScope = { ...scope, spans: [] };
      scopes.set(scope, ofScope);
      const ofResource = resources.get(resource) ?? { ...resource, scopeSpans: [] };
      resources.set(resource, ofResource);
      ofResource.scopeSpans.push(ofScope);
    }
    ofScope.spans.push(span);
  }
  return [...resources.values()];
}
