const units = ['bytes', 'KB', 'MB', 'GB', 'TB'];

/** `512 bytes`, `1.5 KB`, `2 GB`: decimal, as the command line takes them. */
export function sizeText(bytes: number): string {
  const power = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3));
  const figure = bytes / 1000 ** power;
  return `${Number(figure.toFixed(figure < 10 && power > 0 ? 1 : 0))} ${units[power]}`;
}
