declare module 'semifies' {
  /** Whether the version is in the semver range. */
  export default function semifies(version: string, range: string): boolean;
}
