/**
 * What is rare, or needs strings, and is therefore done in TypeScript (`src/encode/encoder-host.ts`). Whatever these give as text is
 * in this memory: its size in four bytes, then it.
 */

/** An AnyValue from `start` to `end`, as OTLP JSON. */
export declare function valueJson(start: usize, end: usize): usize;

/** The attributes of a scope from `start` to `end`, as OTLP JSON. */
export declare function scopeAttributesJson(start: usize, end: usize): usize;

/** Text with U+FFFD in place of what is not UTF-8; 0 where all of it is. */
export declare function repaired(text: usize, size: usize): usize;

/** Whether the span from `start` to `end` cannot be kept. */
export declare function isRefused(start: usize, end: usize): bool;

/** Row `row` of the columns of events, for the span from `start` to `end`, which has `count` of them. */
export declare function appendEvents(row: u32, start: usize, end: usize, count: u32): void;

/** The same for links. */
export declare function appendLinks(row: u32, start: usize, end: usize, count: u32): void;

/** Throws. @param problem one of those below */
export declare function malformed(at: usize, problem: u32): void;

export const messageEnds: u32 = 0;
export const varintIsLong: u32 = 1;
export const fieldNumberIsWrong: u32 = 2;
export const lengthIsWrong: u32 = 3;
export const wireTypeIsUnknown: u32 = 4;

/** Throws. @param sizeBytes what there is no room for */
export declare function outOfMemory(sizeBytes: usize): void;
