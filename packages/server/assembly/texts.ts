/** Text of ours, in bytes. */
import { allocate } from './memory';
import { Slice } from './reader';

export const serviceNameKey: Slice = new Slice();
export const noServiceName: Slice = new Slice();

/** The memory that they had is gone already. */
export function clearTexts(): void {
  write(serviceNameKey, 'service.name');
  write(noServiceName, '(no service.name)');
}

function write(slice: Slice, text: string): void {
  slice.start = allocate(text.length);
  slice.end = slice.start + text.length;
  for (let i = 0; i < text.length; i++) store<u8>(slice.start + i, text.charCodeAt(i) as u8);
}
