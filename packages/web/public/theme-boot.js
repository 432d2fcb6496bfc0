// Runs before the first paint, so that a remembered theme never flashes. A file of its own, since
// the content security policy forbids inline scripts. The key is that of src/state/theme.ts.
try {
  const theme = localStorage.getItem('sightline.theme');
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
} catch {
  // Storage is switched off in this browser: the system's theme it is.
}
